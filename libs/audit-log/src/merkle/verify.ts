import { emptyRoot, hashNode, hashSize } from './hash.js'

export interface InclusionClaim {
  readonly index: number
  readonly size: number
  readonly leafHash: Uint8Array
  readonly proof: readonly Uint8Array[]
  readonly root: Uint8Array
}

export interface ConsistencyClaim {
  readonly from: number
  readonly to: number
  readonly fromRoot: Uint8Array
  readonly toRoot: Uint8Array
  readonly proof: readonly Uint8Array[]
}

/** Whether the proof leads from the leaf to the root, as RFC 9162 §2.1.3.2 has it. Anything malformed does not. */
export const verifyInclusion = ({ root, ...claim }: InclusionClaim): boolean => {
  const reached = inclusionRoot(claim)
  return reached !== undefined && isSame(reached, root)
}

/** The root that a proof of inclusion leads to, for whoever learns the right one only later; undefined for what is no proof. */
export const inclusionRoot = ({ index, size, leafHash, proof }: Omit<InclusionClaim, 'root'>): Uint8Array | undefined => {
  if (!isWhole(index) || !isWhole(size) || index >= size || ![leafHash, ...proof].every(isHash)) return undefined
  let [place, last] = [index, size - 1]
  let node = leafHash
  for (const sibling of proof) {
    if (last === 0) return undefined
    if (place % 2 === 1 || place === last) {
      node = hashNode(sibling, node)
      // Levels on which the subtree at the right edge has no sibling are passed over.
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)]
    } else node = hashNode(node, sibling)
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 ? node : undefined
}

/**
 * Whether the proof shows the earlier tree to be the beginning of the later one (RFC 9162 §2.1.4.2). A tree without leaves
 * is the beginning of any.
 */
export const verifyConsistency = ({ from, to, fromRoot, toRoot, proof }: ConsistencyClaim): boolean => {
  if (!isWhole(from) || !isWhole(to) || from > to || ![fromRoot, toRoot, ...proof].every(isHash)) return false
  if (from === 0) return proof.length === 0 && isSame(fromRoot, emptyRoot) && (to > 0 || isSame(toRoot, emptyRoot))
  if (from === to) return proof.length === 0 && isSame(fromRoot, toRoot)
  let [place, last] = [from - 1, to - 1]
  while (place % 2 === 1) [place, last] = [half(place), half(last)]
  // A complete earlier tree is itself the node to begin with.
  const [first, ...rest] = place === 0 ? [fromRoot, ...proof] : proof
  if (!first) return false
  let [earlier, later] = [first, first]
  for (const node of rest) {
    if (last === 0) return false
    if (place % 2 === 1 || place === last) {
      earlier = hashNode(node, earlier)
      later = hashNode(node, later)
      while (place % 2 === 0 && place !== 0) [place, last] = [half(place), half(last)]
    } else later = hashNode(later, node)
    ;[place, last] = [half(place), half(last)]
  }
  return last === 0 && isSame(earlier, fromRoot) && isSame(later, toRoot)
}

const half = (n: number): number => Math.floor(n / 2)
const isWhole = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const isHash = (bytes: Uint8Array): boolean => bytes.length === hashSize
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0
