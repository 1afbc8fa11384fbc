import type { ExpectedRevision } from './event-store.js'

/** What an append comes to: write it, it was written before (up to `revision`), or the writer's belief was wrong. */
export type Verdict =
  { readonly kind: 'append' } | { readonly kind: 'idempotent'; readonly revision: number } | { readonly kind: 'conflict' }

const append: Verdict = { kind: 'append' }
const conflict: Verdict = { kind: 'conflict' }

/**
 * The rule of expectations and retries, as EventStoreDB has it.
 *
 * An expectation that the stream has outgrown is a retry when exactly these ids stand directly behind the expected
 * revision. Where the expectation holds (`any`, `exists`, or the head itself), events that are all known, in this order
 * and without a gap, are a retry too; known and new ones mixed are a conflict. EventStoreDB differs in one point: with
 * the head itself expected it writes known ids a second time, which no retry ever asks for.
 *
 * @param head revision of the stream's last event, -1 when it has none
 * @param known for each event to append, the revision at which its id stands in this stream already
 */
export const judgeAppend = (expected: ExpectedRevision, head: number, known: readonly (number | undefined)[]): Verdict => {
  const [first] = known
  const held = holds(expected, head)
  if (first === undefined) return held && known.every((revision) => revision === undefined) ? append : conflict
  const standTogether = known.every((revision, index) => revision === first + index)
  const whereExpected = held || first === (expected === 'noStream' ? 0 : Number(expected) + 1)
  return standTogether && whereExpected ? { kind: 'idempotent', revision: first + known.length - 1 } : conflict
}

const holds = (expected: ExpectedRevision, head: number): boolean => {
  if (expected === 'any') return true
  return expected === 'exists' ? head >= 0 : head === (expected === 'noStream' ? -1 : expected)
}
