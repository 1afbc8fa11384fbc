import { fromBase64 } from '../base64.js'
import { hashSize } from '../merkle/hash.js'
import { openNote, type OpenedNote } from './note.js'
import type { Verifier } from './verifier.js'

/** A state of the log: how many leaves, and their root. */
export interface Checkpoint {
  /** Which log; a schemaless URL. */
  readonly origin: string
  readonly size: number
  readonly root: Buffer
}

/**
 * The text of a checkpoint as C2SP tlog-checkpoint has it: origin, size, root, a line each.
 *
 * @throws TypeError when these are none: an origin of several lines would say something else
 */
export const checkpointBody = ({ origin, size, root }: { origin: string; size: number; root: Uint8Array }): string => {
  const body = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
  if (origin.includes('\n') || !parseCheckpoint(body)) throw new TypeError(`no checkpoint can be made of ${JSON.stringify(body)}`)
  return body
}

/** @returns undefined for what is no checkpoint. Lines after the third, which others may add, are passed over. */
export const parseCheckpoint = (body: string): Checkpoint | undefined => {
  const [, origin, digits, encoded] = /^([^\n]+)\n(0|[1-9]\d{0,15})\n([^\n]+)\n(?:[^\n]+\n)*$/.exec(body) ?? []
  if (origin === undefined || digits === undefined || encoded === undefined) return undefined
  const size = Number(digits)
  const root = fromBase64(encoded)
  return root?.length === hashSize && Number.isSafeInteger(size) ? { origin, size, root } : undefined
}

export type OpenedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly signedBy: readonly Verifier[] }
  | { readonly ok: false; readonly problem: Extract<OpenedNote, { ok: false }>['problem'] | 'no-checkpoint' }

/** Opens a note and reads the checkpoint in it; `no-checkpoint` when it is signed, but says something else. */
export const openCheckpoint = (note: string, verifiers: readonly Verifier[]): OpenedCheckpoint => {
  const opened = openNote(note, verifiers)
  if (!opened.ok) return { ok: false, problem: opened.problem }
  const checkpoint = parseCheckpoint(opened.body)
  return checkpoint ? { ok: true, checkpoint, signedBy: opened.signedBy } : { ok: false, problem: 'no-checkpoint' }
}
