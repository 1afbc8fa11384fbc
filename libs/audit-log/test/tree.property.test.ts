import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consistencyProof,
  createGrowingTree,
  emptyRoot,
  hashLeaf,
  inclusionProof,
  rootAt,
  storedCount,
  storedIndex,
  verifyConsistency,
  verifyInclusion,
} from '../src/index.js'
import * as definition from './definition.js'
import { grown } from './given.js'

const leafNames = (count: number): Buffer[] => Array.from({ length: count }, (_, n) => Buffer.from(`leaf ${n}`))
const leaves = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 200 })

/** A tree, with one of its leaves and one of its beginnings. */
const trees = leaves.chain((leaves) =>
  fc.record({ leaves: fc.constant(leaves), index: fc.nat(leaves.length - 1), from: fc.integer({ min: 1, max: leaves.length }) }),
)

describe('a tree that grows', () => {
  it('given every size up to 300, then root and stored nodes are those of the definition', () => {
    const all = leafNames(300)
    const { tree, readNode, nodes } = grown(all)
    const again = createGrowingTree(0, readNode)
    expect(again.root()).toEqual(emptyRoot)
    all.forEach((leaf, n) => {
      again.append(hashLeaf(leaf))
      const root = definition.treeHash(all.slice(0, n + 1))
      expect([again.root(), tree.root(n + 1), rootAt(n + 1, readNode)]).toEqual([root, root, root])
    })
    expect(nodes.length).toBe(storedCount(300))
    for (let level = 0; 2 ** level <= 300; level += 1)
      for (let n = 0; (n + 1) * 2 ** level <= 300; n += 1)
        expect(nodes[storedIndex(level, n)]).toEqual(definition.treeHash(all.slice(n * 2 ** level, (n + 1) * 2 ** level)))
  })

  it('given larger sizes at random, then the root is that of the definition', () => {
    const all = leafNames(6000)
    const { readNode } = grown(all)
    fc.assert(
      fc.property(fc.integer({ min: 301, max: all.length }), (size) => {
        expect(rootAt(size, readNode)).toEqual(definition.treeHash(all.slice(0, size)))
      }),
      { numRuns: 10 },
    )
  })

  it('given a restart at any size, then it goes on as if there had been none', () => {
    fc.assert(
      fc.property(leaves, leaves, (before, after) => {
        const stored = grown(before)
        const restarted = createGrowingTree(before.length, stored.readNode)
        const nodes = [...stored.nodes, ...after.flatMap((leaf) => restarted.append(hashLeaf(leaf)).nodes)]
        const whole = grown([...before, ...after])
        expect(nodes).toEqual(whole.nodes)
        expect([restarted.size, restarted.root()]).toEqual([whole.tree.size, whole.tree.root()])
      }),
    )
  })

  it('given 2^40 leaves, then places are counted without loss', () => {
    expect(storedCount(2 ** 40)).toBe(2 ** 41 - 1)
    expect(storedIndex(40, 0)).toBe(2 ** 41 - 2)
    expect(storedIndex(0, 2 ** 40)).toBe(2 ** 41 - 1)
  })
})

describe('proofs', () => {
  it('given every leaf and beginning of every tree up to 40, then they are those of the definition and verify', () => {
    const all = leafNames(40)
    const { readNode } = grown(all)
    for (let size = 1; size <= all.length; size += 1) {
      const within = all.slice(0, size)
      const root = definition.treeHash(within)
      for (let n = 0; n < size; n += 1) {
        const path = inclusionProof(n, size, readNode)
        expect(path).toEqual(definition.path(n, within))
        expect(verifyInclusion({ index: n, size, leafHash: hashLeaf(all[n]!), proof: path, root })).toBe(true)
        const from = n + 1
        const proof = consistencyProof(from, size, readNode)
        expect(proof).toEqual(from === size ? [] : definition.proof(from, within))
        expect(verifyConsistency({ from, to: size, fromRoot: rootAt(from, readNode), toRoot: root, proof })).toBe(true)
      }
    }
  })

  it('given random trees, then they are those of the definition and verify', () => {
    fc.assert(
      fc.property(trees, ({ leaves, index, from }) => {
        const { readNode } = grown(leaves)
        const size = leaves.length
        const root = definition.treeHash(leaves)
        const path = inclusionProof(index, size, readNode)
        expect(path).toEqual(definition.path(index, leaves))
        expect(verifyInclusion({ index, size, leafHash: hashLeaf(leaves[index]!), proof: path, root })).toBe(true)
        const proof = consistencyProof(from, size, readNode)
        expect(proof).toEqual(from === size ? [] : definition.proof(from, leaves))
        const fromRoot = definition.treeHash(leaves.slice(0, from))
        expect(verifyConsistency({ from, to: size, fromRoot, toRoot: root, proof })).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('given an earlier tree without leaves, then any tree goes on from it without a proof', () => {
    const { readNode, tree } = grown(leafNames(5))
    expect(consistencyProof(0, 5, readNode)).toEqual([])
    const claim = { from: 0, to: 5, fromRoot: emptyRoot, toRoot: tree.root(), proof: [] }
    expect(verifyConsistency(claim)).toBe(true)
    expect(verifyConsistency({ ...claim, to: 0, toRoot: emptyRoot })).toBe(true)
    expect(verifyConsistency({ ...claim, to: 0 })).toBe(false)
    expect(verifyConsistency({ ...claim, fromRoot: tree.root() })).toBe(false)
    expect(verifyConsistency({ ...claim, proof: [emptyRoot] })).toBe(false)
  })

  it.each([
    [5, 5],
    [-1, 5],
    [0, 0],
    [0.5, 5],
    [0, Number.NaN],
    [2 ** 53, 2 ** 54],
  ])('given leaf %d of a tree of %d, then there is no proof', (index, size) => {
    const { readNode } = grown(leafNames(5))
    expect(() => inclusionProof(index, size, readNode)).toThrow(RangeError)
    expect(verifyInclusion({ index, size, leafHash: emptyRoot, proof: [], root: emptyRoot })).toBe(false)
  })

  it.each([
    [6, 5],
    [-1, 5],
    [1.5, 5],
    [1, Number.POSITIVE_INFINITY],
  ])('given a tree of %d and a later one of %d, then there is no proof', (from, to) => {
    const { readNode } = grown(leafNames(5))
    expect(() => consistencyProof(from, to, readNode)).toThrow(RangeError)
    expect(verifyConsistency({ from, to, fromRoot: emptyRoot, toRoot: emptyRoot, proof: [] })).toBe(false)
  })
})
