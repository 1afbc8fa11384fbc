/** How what was found differs from what is expected; all numbers are places from 0. */
export interface Differences {
  /** Something else stands at this place: found here, expected there. */
  readonly altered: readonly Pair[]
  /** What was expected here is nowhere, and nothing is in its stead; `before` = the place found where it would stand. */
  readonly removed: readonly { readonly expected: number; readonly before: number }[]
  /** Nothing was expected here; `copyOf` = the place found that has the same. */
  readonly inserted: readonly { readonly found: number; readonly copyOf?: number }[]
  /** Expected, but elsewhere. */
  readonly moved: readonly Pair[]
}
interface Pair {
  readonly found: number
  readonly expected: number
}

const mostTwins = 1_000

/**
 * Tells how one sequence became the other with the fewest things out of their order: what stands in the longest part of both
 * that is in the same order stays, all else was moved, altered, inserted or removed. O(n log n) behind what both begin with.
 */
export const compareSequences = (expected: Uint32Array, found: Uint32Array): Differences => {
  const { from, expectedEnd, foundEnd } = trimmed(expected, found)
  const places = placesOf(expected, from, expectedEnd)
  const kept = longestInOrder(found, from, foundEnd, places)
  const used = new Set(kept.map((pair) => pair.expected))
  const keeps = new Set(kept.map((pair) => pair.found))

  const moved: Pair[] = []
  const extra: number[] = []
  for (let place = from; place < foundEnd; place += 1) {
    if (keeps.has(place)) continue
    const free = places.get(found[place]!)?.find((candidate) => !used.has(candidate))
    if (free === undefined) extra.push(place)
    else {
      used.add(free)
      moved.push({ found: place, expected: free })
    }
  }
  const missing: number[] = []
  for (let place = from; place < expectedEnd; place += 1) if (!used.has(place)) missing.push(place)

  const copyOf = (place: number): number | undefined => {
    // Each look goes through all: where so much is new, it is not copies that tell how it came about.
    if (extra.length > mostTwins) return undefined
    const first = found.indexOf(found[place]!)
    const twin = first === place ? found.indexOf(found[place]!, place + 1) : first
    return twin < 0 ? undefined : twin
  }
  return { moved, ...paired(kept, missing, extra, { expectedEnd, foundEnd }, copyOf) }
}

/** Between two things that stayed, what is missing and what is new belong together, one by one; a copy is nobody's alteration. */
const paired = (
  kept: readonly Pair[],
  missing: readonly number[],
  extra: readonly number[],
  ends: { readonly expectedEnd: number; readonly foundEnd: number },
  copyOf: (found: number) => number | undefined,
): Omit<Differences, 'moved'> => {
  const altered: Pair[] = []
  const removed: { expected: number; before: number }[] = []
  const inserted: { found: number; copyOf?: number }[] = []
  let m = 0
  let x = 0
  for (const end of [...kept, { found: ends.foundEnd, expected: ends.expectedEnd }]) {
    const gone: number[] = []
    const fresh: number[] = []
    for (; m < missing.length && missing[m]! < end.expected; m += 1) gone.push(missing[m]!)
    for (; x < extra.length && extra[x]! < end.found; x += 1) {
      const twin = copyOf(extra[x]!)
      if (twin === undefined) fresh.push(extra[x]!)
      else inserted.push({ found: extra[x]!, copyOf: twin })
    }
    const both = Math.min(gone.length, fresh.length)
    for (let i = 0; i < both; i += 1) altered.push({ expected: gone[i]!, found: fresh[i]! })
    for (const expected of gone.slice(both)) removed.push({ expected, before: end.found })
    for (const found of fresh.slice(both)) inserted.push({ found })
  }
  return { altered, removed, inserted }
}

const trimmed = (expected: Uint32Array, found: Uint32Array) => {
  let from = 0
  let expectedEnd = expected.length
  let foundEnd = found.length
  while (from < expectedEnd && from < foundEnd && expected[from] === found[from]) from += 1
  while (expectedEnd > from && foundEnd > from && expected[expectedEnd - 1] === found[foundEnd - 1]) {
    expectedEnd -= 1
    foundEnd -= 1
  }
  return { from, expectedEnd, foundEnd }
}

const placesOf = (values: Uint32Array, from: number, end: number): Map<number, number[]> => {
  const places = new Map<number, number[]>()
  for (let place = from; place < end; place += 1) {
    const before = places.get(values[place]!)
    if (before) before.push(place)
    else places.set(values[place]!, [place])
  }
  return places
}

/** The longest common subsequence by Hunt and Szymanski: fast where most values stand once. */
const longestInOrder = (found: Uint32Array, from: number, end: number, places: ReadonlyMap<number, readonly number[]>): Pair[] => {
  type Link = Pair & { readonly before: Link | undefined }
  const tails: Link[] = []
  for (let place = from; place < end; place += 1) {
    for (const expected of (places.get(found[place]!) ?? []).toReversed()) {
      let low = 0
      for (let high = tails.length; low < high;) {
        const middle = (low + high) >> 1
        if (tails[middle]!.expected < expected) low = middle + 1
        else high = middle
      }
      tails[low] = { found: place, expected, before: tails[low - 1] }
    }
  }
  const pairs: Pair[] = []
  for (let link = tails.at(-1); link; link = link.before) pairs.push({ found: link.found, expected: link.expected })
  return pairs.toReversed()
}
