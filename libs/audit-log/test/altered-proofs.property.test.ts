import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consistencyProof, hashLeaf, inclusionProof, rootAt, verifyConsistency, verifyInclusion } from '../src/index.js'
import { grown } from './given.js'

// No two leaves are the same: then no other place, size, root or proof is right too.
const trees = fc.integer({ min: 2, max: 150 }).chain((size) =>
  fc.record({
    leaves: fc.constant(Array.from({ length: size }, (_, n) => Buffer.from(`leaf ${n}`))),
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
      fc.property(trees, ({ leaves, index, bit, place, other }) => {
        const { readNode, tree } = grown(leaves)
        const size = leaves.length
        const claim = { index, size, leafHash: hashLeaf(leaves[index]!), proof: inclusionProof(index, size, readNode), root: tree.root() }
        expect(verifyInclusion(claim)).toBe(true)
        const altered = [
          ...alteredProofs(claim.proof, bit, place).map((proof) => ({ ...claim, proof })),
          { ...claim, root: flipped(claim.root, bit) },
          { ...claim, root: claim.root.subarray(1) },
          { ...claim, leafHash: flipped(claim.leafHash, bit) },
          { ...claim, leafHash: hashLeaf('another') },
          { ...claim, root: rootAt(size - 1, readNode) },
          ...(other === index ? [] : [{ ...claim, index: other }]),
        ]
        expect(altered.filter(verifyInclusion)).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('given a proof that a tree goes on from another, and any part of it another', () => {
    fc.assert(
      fc.property(trees, ({ leaves, from, bit, place }) => {
        const { readNode } = grown(leaves)
        const to = leaves.length
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
        ]
        expect(altered.filter(verifyConsistency)).toEqual([])
      }),
      { numRuns: 1000 },
    )
  })

  it('given a log that was rewritten before the checkpoint, then no proof of its own makes it consistent', () => {
    fc.assert(
      fc.property(trees, ({ leaves, from, place }) => {
        const before = grown(leaves.slice(0, from)).tree.root()
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
