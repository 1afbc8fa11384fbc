import { emptyRoot, hashNode } from './hash.js'

/**
 * The nodes of the tree that are final, in the order in which they become so: each leaf, then the parents that it
 * completes from below. So the tree is stored as a list that only grows.
 *
 * @returns the node that was stored at this place, 32 bytes
 */
export type ReadNode = (storedIndex: number) => Uint8Array

/** How many nodes a tree of this size has stored: every leaf, and a parent for each pair that is complete. */
export const storedCount = (size: number): number => 2 * size - ones(size)

/**
 * Where the node is stored.
 *
 * @param level 0 for leaves
 * @param n which of its level, from 0 on: it covers the leaves from n × 2^level on
 */
export const storedIndex = (level: number, n: number): number => storedCount((n + 1) * 2 ** level - 1) + level

/** The root of the leaves from `start` to before `end`, where `start` is a multiple of the power of two that holds them. */
export const rangeRoot = (start: number, end: number, readNode: ReadNode): Buffer => {
  const size = end - start
  const split = splitOf(size)
  if (split * 2 === size || size === 1) {
    const level = Math.log2(size)
    return asBuffer(readNode(storedIndex(level, start / size)))
  }
  return hashNode(rangeRoot(start, start + split, readNode), rangeRoot(start + split, end, readNode))
}

/** The root of the first `size` leaves (RFC 6962 §2.1). */
export const rootAt = (size: number, readNode: ReadNode): Buffer => (size === 0 ? emptyRoot : rangeRoot(0, size, readNode))

/** The largest power of two below the size: so many leaves are to the left. */
export const splitOf = (size: number): number => {
  let split = 1
  while (split * 2 < size) split *= 2
  return split
}

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)

// Sizes go up to 2^53: no bitwise operators, which stop at 2^32.
const ones = (size: number): number => {
  let count = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) count += rest % 2
  return count
}
