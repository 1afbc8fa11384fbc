/** What a writer expects of a stream: as the protocol says it. */
export type Expected = 'any' | 'noStream' | 'streamExists' | number

export interface StreamAsWritten {
  /** Revision of the last event ever written, -1 for none. */
  readonly head: number
  readonly tombstoned: boolean
  readonly softDeleted: boolean
  readonly hasMetadata: boolean
  idAt(revision: number): string | undefined
  /** Revision of an id of this stream, as far as the server's memory goes. */
  remembered(id: string): number | undefined
}

export type Check =
  | { readonly kind: 'ok' }
  | { readonly kind: 'idempotent'; readonly revision: number }
  | { readonly kind: 'wrong'; readonly actual: number }
  | { readonly kind: 'deleted' }

const ok: Check = { kind: 'ok' }

/**
 * The server's rule of expectations and repeated ids, in the order in which it asks (research: IndexWriter of 22.10).
 *
 * With ANY or STREAM_EXISTS only its memory counts, which a restart empties. With a number, what stands behind the
 * expected revision is compared id by id. Only the head itself as expectation lets known ids in a second time.
 */
export const checkAppend = (stream: StreamAsWritten, expected: Expected, ids: readonly string[]): Check => {
  const { head } = stream
  const wrong: Check = { kind: 'wrong', actual: head }
  if (stream.tombstoned) return { kind: 'deleted' }
  if (expected === 'streamExists') {
    if (stream.softDeleted) return { kind: 'deleted' }
    if (head < 0 && !stream.hasMetadata) return wrong
  }
  if (expected === 'any' || expected === 'streamExists') {
    const known = ids.map((id) => stream.remembered(id))
    const first = known.indexOf(undefined)
    if (first === 0 || ids.length === 0) return ok
    return first > 0 ? wrong : { kind: 'idempotent', revision: known.at(-1)! }
  }
  const behind = expected === 'noStream' ? -1 : expected
  if (behind > head) return wrong
  if (behind === head) return ok
  const differs = ids.findIndex((id, index) => stream.idAt(behind + 1 + index) !== id)
  if (differs === 0 && expected === 'noStream' && stream.softDeleted) return ok
  if (differs >= 0 || ids.length === 0) return wrong
  return { kind: 'idempotent', revision: behind + ids.length }
}
