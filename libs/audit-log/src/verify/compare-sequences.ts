import { createPlaces, type Places } from './places.js'

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
interface Range {
  readonly from: number
  readonly expectedEnd: number
  readonly foundEnd: number
}

const mostTwins = 1_000
const none = -1

/**
 * Tells how one sequence became the other with the fewest things out of their order: what stands in the longest part of both
 * that is in the same order stays, all else was moved, altered, inserted or removed. O(n log n) behind what both begin with, in
 * some thirty bytes for each number.
 */
export const compareSequences = (expected: Uint32Array, found: Uint32Array): Differences => {
  const range = trimmed(expected, found)
  const { from, expectedEnd, foundEnd } = range
  const places = createPlaces(expected, from, expectedEnd)
  const kept = longestInOrder(found, range, places)
  const used = new Uint8Array(expectedEnd - from)
  for (const place of kept) if (place !== none) used[place - from] = 1

  const moved: Pair[] = []
  const extra: number[] = []
  for (let place = from; place < foundEnd; place += 1) {
    if (kept[place - from] !== none) continue
    const free = places.of(found[place]!).find((candidate) => !used[candidate - from])
    if (free === undefined) extra.push(place)
    else {
      used[free - from] = 1
      moved.push({ found: place, expected: free })
    }
  }
  const copyOf = (place: number): number | undefined => {
    // Each look goes through all: where so much is new, it is not copies that tell how it came about.
    if (extra.length > mostTwins) return undefined
    const first = found.indexOf(found[place]!)
    const twin = first === place ? found.indexOf(found[place]!, place + 1) : first
    return twin < 0 ? undefined : twin
  }
  return { moved, ...paired(kept, used, extra, range, copyOf) }
}

/** Between two things that stayed, what is missing and what is new belong together, one by one; a copy is nobody's alteration. */
const paired = (
  kept: Int32Array,
  used: Uint8Array,
  extra: readonly number[],
  { from, expectedEnd, foundEnd }: Range,
  copyOf: (found: number) => number | undefined,
): Omit<Differences, 'moved'> => {
  const altered: Pair[] = []
  const removed: { expected: number; before: number }[] = []
  const inserted: { found: number; copyOf?: number }[] = []
  let m = from
  let x = 0
  const closeGap = (foundUntil: number, expectedUntil: number): void => {
    const gone: number[] = []
    const fresh: number[] = []
    for (; m < expectedUntil; m += 1) if (!used[m - from]) gone.push(m)
    for (; x < extra.length && extra[x]! < foundUntil; x += 1) {
      const twin = copyOf(extra[x]!)
      if (twin === undefined) fresh.push(extra[x]!)
      else inserted.push({ found: extra[x]!, copyOf: twin })
    }
    const both = Math.min(gone.length, fresh.length)
    for (let i = 0; i < both; i += 1) altered.push({ expected: gone[i]!, found: fresh[i]! })
    for (const expected of gone.slice(both)) removed.push({ expected, before: foundUntil })
    for (const found of fresh.slice(both)) inserted.push({ found })
  }
  for (let place = from; place < foundEnd; place += 1) if (kept[place - from] !== none) closeGap(place, kept[place - from]!)
  closeGap(foundEnd, expectedEnd)
  return { altered, removed, inserted }
}

const trimmed = (expected: Uint32Array, found: Uint32Array): Range => {
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

/**
 * The longest common subsequence by Hunt and Szymanski: fast where most values stand once.
 * @returns for each place found, where it was expected; -1 = it is not part of it
 */
const longestInOrder = (found: Uint32Array, { from, expectedEnd, foundEnd }: Range, places: Places): Int32Array => {
  /** Links of chains: what is found, what is expected, and the link before. */
  const links: { readonly found: number[]; readonly expected: number[]; readonly before: number[] } = {
    found: [],
    expected: [],
    before: [],
  }
  const tails = new Uint32Array(Math.min(expectedEnd, foundEnd) - from)
  let longest = 0
  for (let place = from; place < foundEnd; place += 1) {
    for (const expected of places.of(found[place]!).toReversed()) {
      let low = 0
      for (let high = longest; low < high;) {
        const middle = (low + high) >> 1
        if (links.expected[tails[middle]!]! < expected) low = middle + 1
        else high = middle
      }
      links.before.push(low === 0 ? none : tails[low - 1]!)
      links.found.push(place)
      tails[low] = links.expected.push(expected) - 1
      if (low === longest) longest += 1
    }
  }
  const kept = new Int32Array(foundEnd - from).fill(none)
  for (let link = longest === 0 ? none : tails[longest - 1]!; link !== none; link = links.before[link]!)
    kept[links.found[link]! - from] = links.expected[link]!
  return kept
}
