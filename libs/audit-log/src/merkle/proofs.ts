import { rangeRoot, splitOf, type ReadNode } from './stored-nodes.js'

/**
 * The audit path of a leaf (RFC 6962 §2.1.1): what must be known beside the leaf to compute the root, from below.
 *
 * @param size of the tree that the leaf is shown to be in; may be smaller than what is stored
 * @throws RangeError when there is no such leaf in a tree of this size
 */
export const inclusionProof = (index: number, size: number, readNode: ReadNode): Buffer[] => {
  if (!isWhole(index) || !isWhole(size) || index >= size) throw new RangeError(`no leaf ${index} in a tree of ${size}`)
  const path: Buffer[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + splitOf(end - start)
    const left = index < middle
    path.unshift(left ? rangeRoot(middle, end, readNode) : rangeRoot(start, middle, readNode))
    ;[start, end] = left ? [start, middle] : [middle, end]
  }
  return path
}

/**
 * Shows that a tree is the beginning of a later one (RFC 6962 §2.1.2). Empty where both are the same, or the earlier one
 * has no leaf.
 *
 * @throws RangeError when `from` is not within 0 … `to`
 */
export const consistencyProof = (from: number, to: number, readNode: ReadNode): Buffer[] => {
  if (!isWhole(from) || !isWhole(to) || from > to) throw new RangeError(`a tree of ${from} is no beginning of one of ${to}`)
  if (from === 0 || from === to) return []
  const proof: Buffer[] = []
  let [start, end] = [0, to]
  // Down to the subtree that ends where the earlier tree ends.
  while (end !== from) {
    const middle = start + splitOf(end - start)
    const left = from <= middle
    proof.unshift(left ? rangeRoot(middle, end, readNode) : rangeRoot(start, middle, readNode))
    ;[start, end] = left ? [start, middle] : [middle, end]
  }
  // If that is the whole earlier tree, its root is known to whoever verifies.
  return start === 0 ? proof : [rangeRoot(start, end, readNode), ...proof]
}

const isWhole = (size: number): boolean => Number.isSafeInteger(size) && size >= 0
