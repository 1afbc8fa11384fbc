import { createHash } from 'node:crypto'

// RFC 6962 §2.1 word for word, by recursion over the list of leaves, sharing nothing with what is tested.

const sha256 = (...parts: readonly Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** k, the largest power of two smaller than n. */
const largestBelow = (n: number): number => 2 ** (Math.ceil(Math.log2(n)) - 1)

/** MTH(D[n]). */
export const treeHash = (leaves: readonly Uint8Array[]): Buffer => {
  const n = leaves.length
  if (n === 0) return sha256()
  if (n === 1) return sha256(Buffer.of(0), leaves[0]!)
  const k = largestBelow(n)
  return sha256(Buffer.of(1), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}

/** PATH(m, D[n]). */
export const path = (m: number, leaves: readonly Uint8Array[]): Buffer[] => {
  const n = leaves.length
  if (n === 1) return []
  const k = largestBelow(n)
  return m < k
    ? [...path(m, leaves.slice(0, k)), treeHash(leaves.slice(k))]
    : [...path(m - k, leaves.slice(k)), treeHash(leaves.slice(0, k))]
}

/** PROOF(m, D[n]), 0 < m < n. */
export const proof = (m: number, leaves: readonly Uint8Array[]): Buffer[] => subProof(m, leaves, true)

/** SUBPROOF(m, D[n], b). */
const subProof = (m: number, leaves: readonly Uint8Array[], whole: boolean): Buffer[] => {
  const n = leaves.length
  if (m === n) return whole ? [] : [treeHash(leaves)]
  const k = largestBelow(n)
  return m <= k
    ? [...subProof(m, leaves.slice(0, k), whole), treeHash(leaves.slice(k))]
    : [...subProof(m - k, leaves.slice(k), false), treeHash(leaves.slice(0, k))]
}
