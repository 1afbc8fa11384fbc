import { emptyRoot, hashNode } from './hash.js'
import { rootAt, storedIndex, type ReadNode } from './stored-nodes.js'

export interface GrowingTree {
  readonly size: number
  /**
   * Adds a leaf.
   *
   * @returns the nodes that this leaf finishes, in the order in which they are stored: the leaf, then each parent
   */
  append(leafHash: Buffer): { readonly nodes: readonly Buffer[] }
  /** @param size default: all leaves. For fewer, `readNode` is asked, so what was appended must be stored by then. */
  root(size?: number): Buffer
}

/**
 * A tree that grows by one leaf at a time in O(log n), holding only the roots of its complete subtrees: at most 53 hashes,
 * read from what is stored when it is opened.
 *
 * @param size leaves that are stored
 */
export const createGrowingTree = (size: number, readNode: ReadNode): GrowingTree => {
  const peaks: Buffer[] = peakPlaces(size).map((place) => Buffer.from(readNode(place)))
  let grown = size
  return {
    get size() {
      return grown
    },
    append: (leafHash) => {
      let node = leafHash
      const nodes = [node]
      for (let rest = grown; rest % 2 === 1; rest = (rest - 1) / 2) {
        node = hashNode(peaks.pop()!, node)
        nodes.push(node)
      }
      peaks.push(node)
      grown += 1
      return { nodes }
    },
    root: (at = grown) => {
      if (at !== grown) return rootAt(at, readNode)
      return peaks.length === 0 ? emptyRoot : peaks.reduceRight((right, left) => hashNode(left, right))
    },
  }
}

/** The complete subtrees of a tree, the largest first: one for each binary digit of its size. */
const peakPlaces = (size: number): number[] => {
  const places: number[] = []
  for (let level = 0, rest = size; rest > 0; level += 1, rest = Math.floor(rest / 2))
    if (rest % 2 === 1) places.unshift(storedIndex(level, rest - 1))
  return places
}
