import { createGrowingTree, hashLeaf, type GrowingTree, type ReadNode } from '../src/index.js'

export interface StoredTree {
  readonly tree: GrowingTree
  readonly readNode: ReadNode
  readonly nodes: readonly Buffer[]
}

/** A tree of these leaves, with its nodes stored in a list as an index would. */
export const grown = (leaves: readonly Uint8Array[]): StoredTree => {
  const nodes: Buffer[] = []
  const readNode: ReadNode = (place) => {
    const node = nodes[place]
    if (!node) throw new RangeError(`no node is stored at ${place}`)
    return node
  }
  const tree = createGrowingTree(0, readNode)
  for (const leaf of leaves) nodes.push(...tree.append(hashLeaf(leaf)).nodes)
  return { tree, readNode, nodes }
}
