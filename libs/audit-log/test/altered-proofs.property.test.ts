import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consistencyProof, hashLeaf, hashNode, inclusionProof, rootAt, verifyConsistency, verifyInclusion } from '../src/index.js'
import { grown } from './given.js'

// No two leaves are the same: then no other place, size, root or proof is right too.
const all = Array.from({ length: 150 }, (_, n) => Buffer.from(`leaf ${n}`))
const { readNode } = grown(all)
const trees = fc.integer({ min: 2, max: all.length }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    index: fc.nat(size - 1),
    from: fc.integer({ min: 1, max: size - 1 }),
    // What is altered, and how.
    bit: fc.nat(255),
    place: fc.nat(20),
    other: fc.integer({ min: 0, max: 300 }),
  }),
)

const flipped = (hash: Uint8Array, bit: number): Buffer => {
  const altered = Buffer.from(hash)
  altered[bit >> 3]! ^= 1 << (bit & 7)
  return altered
}

/** Two hashes cut elsewhere: side by side they are the same bytes, in either order. */
const cutElsewhere = (left: Buffer, right: Buffer): [Buffer, Buffer][] => [
  [Buffer.concat([left, right.subarray(0, 1)]), right.subarray(1)],
  [left.subarray(0, -1), Buffer.concat([left.subarray(-1), right])],
]

const swapped = ([first, second]: readonly Buffer[]): [Buffer, Buffer][] =>
  cutElsewhere(second!, first!).map(([second, first]) => [first, second])

/** The same proof with a hash altered, left out, put in, cut short, or two of them changed round. */
const alteredProofs = (proof: readonly Buffer[], bit: number, place: number): Buffer[][] => {
  const at = proof.length === 0 ? 0 : place % proof.length
  const others = [
    [...proof, flipped(proof.at(-1) ?? Buffer.alloc(32), bit)],
    proof.toSpliced(at, 0, Buffer.alloc(32)),
    [Buffer.alloc(32), ...proof],
  ]
  if (proof.length === 0) return others
  others.push(proof.with(at, flipped(proof[at]!, bit)), proof.toSpliced(at, 1), proof.with(at, proof[at]!.subarray(1)))
  others.push([...proof, proof.at(-1)!], proof.with(at, Buffer.concat([proof[at]!, Buffer.of(0)])))
  if (proof.length > 1) others.push(proof.toReversed(), [proof[1]!, proof[0]!, ...proof.slice(2)])
  return others
}

describe('what is altered does not verify', () => {
  it('given a proof that a leaf is in a tree, and any part of it another', () => {
    fc.assert(
      fc.property(trees, ({ size, index, bit, place, other }) => {
        const claim = {
          index,
          size,
          leafHash: hashLeaf(all[index]!),
          proof: inclusionProof(index, size, readNode),
          root: rootAt(size, readNode),
        }
        expect(verifyInclusion(claim)).toBe(true)
        const altered = [
          ...alteredProofs(claim.proof, bit, place).map((proof) => ({ ...claim, proof })),
          { ...claim, root: flipped(claim.root, bit) },
          { ...claim, root: claim.root.subarray(1) },
          { ...claim, leafHash: flipped(claim.leafHash, bit) },
          { ...claim, leafHash: hashLeaf('another') },
          { ...claim, root: rootAt(size - 1, readNode) },
          ...(other === index ? [] : [{ ...claim, index: other }]),
          ...cutElsewhere(claim.leafHash, claim.proof[0]!).map(([leafHash, first]) => ({
            ...claim,
            leafHash,
            proof: claim.proof.with(0, first),
          })),
          ...cutElsewhere(claim.proof[0]!, claim.leafHash).map(([first, leafHash]) => ({
            ...claim,
            leafHash,
            proof: claim.proof.with(0, first),
          })),
        ]
        expect(altered.filter(verifyInclusion)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('given a proof that a tree goes on from another, and any part of it another', () => {
    fc.assert(
      fc.property(trees, ({ size: to, from, bit, place }) => {
        const claim = {
          from,
          to,
          fromRoot: rootAt(from, readNode),
          toRoot: rootAt(to, readNode),
          proof: consistencyProof(from, to, readNode),
        }
        expect(verifyConsistency(claim)).toBe(true)
        const altered = [
          ...alteredProofs(claim.proof, bit, place).map((proof) => ({ ...claim, proof })),
          { ...claim, fromRoot: flipped(claim.fromRoot, bit) },
          { ...claim, toRoot: flipped(claim.toRoot, bit) },
          { ...claim, fromRoot: claim.toRoot, toRoot: claim.fromRoot },
          { ...claim, from: to },
          ...cutElsewhere(claim.fromRoot, claim.proof[0]!).map(([fromRoot, first]) => ({
            ...claim,
            fromRoot,
            proof: claim.proof.with(0, first),
          })),
          ...(claim.proof.length > 1 ? [...cutElsewhere(claim.proof[0]!, claim.proof[1]!), ...swapped(claim.proof)] : []).map(
            ([first, second]) => ({
              ...claim,
              proof: [first, second, ...claim.proof.slice(2)],
            }),
          ),
        ]
        expect(altered.filter(verifyConsistency)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('given a proof of the wrong length, and roots that were made to fit it', () => {
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((leaf) => hashLeaf(leaf)) as [Buffer, Buffer, Buffer, Buffer, Buffer]
    const ab = hashNode(a, b)
    const [three, four] = [hashNode(ab, c), hashNode(ab, hashNode(c, d))]
    expect(verifyConsistency({ from: 3, to: 4, fromRoot: three, toRoot: four, proof: [c, d, ab] })).toBe(true)
    const stretched = { from: 3, to: 4, fromRoot: hashNode(e, three), toRoot: hashNode(e, four), proof: [c, d, ab, e] }
    expect(verifyConsistency(stretched)).toBe(false)
    expect(verifyConsistency({ from: 3, to: 4, fromRoot: c, toRoot: hashNode(c, d), proof: [c, d] })).toBe(false)
    expect(verifyConsistency({ from: 3, to: 4, fromRoot: c, toRoot: c, proof: [] })).toBe(false)
    expect(verifyConsistency({ from: 3, to: 3, fromRoot: three, toRoot: three, proof: [c] })).toBe(false)
    expect(verifyInclusion({ index: 0, size: 1, leafHash: a, root: hashNode(b, a), proof: [b] })).toBe(false)
    expect(verifyInclusion({ index: 1, size: 2, leafHash: b, root: hashNode(c, ab), proof: [a, c] })).toBe(false)
  })

  it('given a log that was rewritten before the checkpoint, then no proof of its own makes it consistent', () => {
    fc.assert(
      fc.property(trees, ({ size, from, place }) => {
        const leaves = all.slice(0, size)
        const before = rootAt(from, readNode)
        const at = place % from
        const rewritten = [
          leaves.with(at, Buffer.from('altered')),
          leaves.toSpliced(at, 1),
          leaves.toSpliced(at, 0, Buffer.from('inserted')),
        ]
        if (from > 1) rewritten.push([leaves[1]!, leaves[0]!, ...leaves.slice(2)])
        for (const other of rewritten.filter(({ length }) => length > from)) {
          const { readNode, tree } = grown(other)
          const proof = consistencyProof(from, other.length, readNode)
          expect(verifyConsistency({ from, to: other.length, fromRoot: before, toRoot: tree.root(), proof })).toBe(false)
        }
      }),
    )
  })
})
