import type { Feed, Located, Place } from '#feed'
import { Problem, type ProblemType } from '#platform'

export type Unfound = Extract<Located, { ok: false }>['problem']

const problems: Readonly<Record<Unfound, { readonly type: ProblemType; readonly message: string }>> = {
  unreadable: { type: 'invalid-request', message: 'must be a cursor of this feed, start or now' },
  'another-ledger': { type: 'cursor-of-another-ledger', message: 'is a cursor of another ledger' },
  'not-in-ledger': { type: 'cursor-not-in-ledger', message: 'names an event that this ledger does not hold' },
}

/**
 * Finds what a cursor names.
 * @param field where it came from, for the answer.
 * @throws Problem 400 or 409.
 */
export const placeOf = async (feed: Feed, cursor: string, field: string): Promise<Place> => {
  const located = await feed.locate(cursor)
  if (located.ok) return located.place
  throw unfound(located.problem, field)
}

/** @param field what holds the cursor. */
export const unfound = (problem: Unfound, field: string): Problem => {
  const { type, message } = problems[problem]
  return new Problem({ type, detail: `${field} ${message}.`, errors: { [field]: [message] } })
}
