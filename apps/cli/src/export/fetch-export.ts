import { createReadStream } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { linesOf } from '#audit-log'
import { createProgress, type Step } from '../migrate/progress.js'
import { Unusable } from '../service-access.js'
import { askExport, BrokenOff } from './ask-export.js'
import { readPart, type Part } from './read-part.js'

export interface FetchOptions {
  readonly base: string
  readonly secret: string
  /** Parameters of the query that say which events. */
  readonly filter: Readonly<Record<string, string>>
  readonly format: 'ndjson' | 'csv'
  readonly bom?: boolean | undefined
  readonly out: string
}

/** So often it is asked again, one time after another, without a line having come. */
const mostTries = 5
const pauseMs = 1_000

/**
 * Fetches an export into a file, which bears another name until it is whole.
 * @returns how many events, or lines, it has
 * @throws Unusable, BrokenOff
 */
export const fetchExport = async (options: FetchOptions): Promise<number> => {
  const part = `${options.out}.part`
  const step = createProgress(process.stderr, 'lines')('Exporting')
  try {
    for (let tries = 1; ; tries += 1) {
      const before = await beginning(options, part)
      if (before !== 'whole') {
        const came = await fetchInto(part, before, options, step).catch((error: unknown) => asBroken(error, tries))
        if (came === 'nothing' || came === 'some') {
          if (came === 'some') tries = 0
          await pause(pauseMs)
          continue
        }
      }
      const lines = await finish(part, options)
      await rename(part, options.out)
      return lines
    }
  } finally {
    step.end()
  }
}

const beginning = async ({ format, filter }: FetchOptions, part: string): Promise<Part | 'whole' | undefined> => {
  if (format === 'ndjson') return readPart(part, asInHead(filter))
  // A line of CSV does not say where it stands.
  await rm(part, { force: true })
  return undefined
}

/** Times as the service writes them, types in its order. */
const asInHead = ({ from, to, types, ...others }: FetchOptions['filter']): Record<string, unknown> => ({
  ...others,
  ...(from !== undefined && { from: asTime('--from', from) }),
  ...(to !== undefined && { to: asTime('--to', to) }),
  ...(types !== undefined && { types: [...new Set(types.split(','))].toSorted() }),
})
const asTime = (option: string, text: string): string => {
  const time = Date.parse(text)
  if (Number.isNaN(time)) throw new Unusable(`${option} must be a time such as 2026-03-01T00:00:00Z`)
  return new Date(time).toISOString()
}

class Interrupted extends BrokenOff {
  constructor(
    message: string,
    readonly came: boolean,
  ) {
    super(message)
  }
}

const asBroken = (error: unknown, tries: number): 'some' | 'nothing' => {
  if (!(error instanceof Interrupted) || (!error.came && tries >= mostTries)) throw error
  return error.came ? 'some' : 'nothing'
}

const fetchInto = async (part: string, before: Part | undefined, options: FetchOptions, step: Step): Promise<undefined> => {
  const { base, secret, filter, format, bom } = options
  const query = new URLSearchParams({ ...filter, format, ...(bom && { bom: 'true' }) })
  if (before) {
    query.set('size', String(before.size))
    query.set('after', before.after)
  }
  let file: FileHandle | undefined
  let came = false
  try {
    for await (const piece of askExport({ base, secret, query })) {
      file ??= await open(part, before ? 'a' : 'w')
      await file.writeFile(piece)
      const lines = countLines(piece)
      came ||= lines > 0
      step.advance(lines)
    }
    await file?.sync()
    return undefined
  } catch (error) {
    if (before && error instanceof Unusable) throw new Unusable(`${error.message} ${part} was to be gone on with: remove it to begin anew.`)
    throw error instanceof BrokenOff ? new Interrupted(error.message, came) : error
  } finally {
    await file?.close()
  }
}

/** Looks at the file once more as a whole: the last line of NDJSON is what tells that nothing is missing. */
const finish = async (part: string, { format }: FetchOptions): Promise<number> => {
  let lines = 0
  let isEnd = false
  for await (const { bytes, ended } of linesOf(createReadStream(part))) {
    lines += 1
    isEnd = ended && bytes.subarray(0, 15).equals(endBegins)
  }
  if (format === 'csv') return lines
  if (!isEnd) throw new BrokenOff(`${part} has no last line.`)
  return lines - 2
}
const endBegins = Buffer.from('{"checkpoint":"')

const countLines = (piece: Buffer): number => {
  let count = 0
  for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) count += 1
  return count
}
