/** A stream whose revisions do not follow one another. */
export interface Jump {
  readonly line: number
  readonly eventId: string
  readonly stream: string
  readonly expected: number
  readonly found: number
}

export interface Revisions {
  note(line: number, event: { readonly id: string; readonly stream: string; readonly revision: number }): void
  readonly jumps: readonly Jump[]
}

const mostJumps = 1_000

/** Watches that the revisions of each stream begin at 0 and run without a hole. */
export const createRevisions = (): Revisions => {
  const next = new Map<string, number>()
  const jumps: Jump[] = []
  return {
    jumps,
    note: (line, { id, stream, revision }) => {
      const expected = next.get(stream) ?? 0
      if (revision !== expected && jumps.length < mostJumps) jumps.push({ line, eventId: id, stream, expected, found: revision })
      if (revision >= expected) next.set(stream, revision + 1)
    },
  }
}

export const describeJump = ({ stream, expected, found }: Jump): string => {
  if (found < expected) return `is revision ${found} of ${stream}, which stands before it already, or is out of its order`
  const missing = found - expected === 1 ? `revision ${expected}` : `revisions ${expected} to ${found - 1}`
  return `is revision ${found} of ${stream}, but ${missing} ${found - expected === 1 ? 'is' : 'are'} missing before it`
}
