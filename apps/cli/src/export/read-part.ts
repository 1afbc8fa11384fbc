import { createReadStream, existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { linesOf } from '#audit-log'
import { Unusable } from '../service-access.js'

/** How far a file of before got. */
export interface Part {
  /** Size of the checkpoint that it is made at. */
  readonly size: number
  /** Id of its last whole event. */
  readonly after: string
  readonly events: number
}

/**
 * Looks at what an earlier run left, and cuts away what is no whole line.
 * @param filter as it must stand in the first line
 * @returns undefined where there is nothing to go on with; `whole` where nothing is missing
 * @throws Unusable when the file is of something else
 */
export const readPart = async (file: string, filter: Readonly<Record<string, unknown>>): Promise<Part | 'whole' | undefined> => {
  if (!existsSync(file)) return undefined
  let head: { size: number; filter: object } | undefined
  let last: Buffer | undefined
  let [lines, bytes] = [0, 0]
  for await (const line of linesOf(createReadStream(file))) {
    if (!line.ended) break
    lines += 1
    bytes += line.bytes.length + 1
    if (lines === 1) head = fieldsOf(line.bytes) as typeof head
    else last = Buffer.from(line.bytes)
  }
  if (lines < 2) return undefined
  const unlike = `${file} is not the beginning of this export: remove it, or ask for the same`
  if (typeof head?.size !== 'number' || typeof head.filter !== 'object' || !isSame(head.filter, filter)) throw new Unusable(unlike)
  const fields = fieldsOf(last!)
  if (fields && 'checkpoint' in fields) return 'whole'
  const after = (fields?.['content'] as { id?: unknown } | undefined)?.id
  if (typeof after !== 'string') throw new Unusable(unlike)
  const handle = await open(file, 'r+')
  try {
    await handle.truncate(bytes)
  } finally {
    await handle.close()
  }
  return { size: head.size, after, events: lines - 1 }
}

const fieldsOf = (bytes: Buffer): Readonly<Record<string, unknown>> | undefined => {
  try {
    return JSON.parse(bytes.toString()) as Readonly<Record<string, unknown>>
  } catch {
    return undefined
  }
}

const isSame = (a: object, b: object): boolean => {
  const sorted = (value: object): string => JSON.stringify(Object.entries(value).toSorted(([x], [y]) => (x < y ? -1 : 1)))
  return sorted(a) === sorted(b)
}
