import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { Verifier, type SignedEntity } from '@sigstore/verify'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkpointBody, inclusionProof, rootAt, signNote, verifierOf } from '../src/index.js'
import { grown } from './given.js'

// Sigstore's verifier checks what a transparency log says about an entry: that the checkpoint is a note signed by the log's
// key, and that the proof leads from the entry to its root. It is given a log of ours. Of the entry itself it wants a form
// that it knows; the signature that such an entry is about is no matter here, so it is waved through.

const { privateKey } = generateKeyPairSync('ed25519')
const origin = 'room-ledger.example/1400000001'
const publicKey = createPublicKey(privateKey)
const logId = Buffer.from(verifierOf(origin, publicKey).keyId, 'hex')
const anyKey = { publicKey, validFor: () => true }
const sigstore = new Verifier(
  {
    certificateAuthorities: [],
    timestampAuthorities: [],
    ctlogs: [],
    tlogs: [{ logID: logId, baseURL: `https://${origin}`, publicKey, validFor: { start: new Date(0), end: new Date(8.64e15) } }],
    publicKey: () => anyKey,
  },
  { timestampThreshold: 0 },
)

const entry = Buffer.from(
  JSON.stringify({ apiVersion: '0.0.1', kind: 'hashedrekord', spec: { data: { hash: { value: '00' } }, signature: { content: 'AA==' } } }),
)

interface Claim {
  readonly leaf: Buffer
  readonly index: number
  readonly size: number
  readonly proof: readonly Buffer[]
  readonly note: string
}

const accepts = ({ leaf, index, size, proof, note }: Claim): boolean => {
  const entity: SignedEntity = {
    signature: { signature: Buffer.of(0), compareSignature: yes, compareDigest: yes, compareSignedDigest: yes, verifySignature: yes },
    key: { $case: 'public-key', hint: '' },
    timestamps: [],
    tlogEntries: [
      {
        logIndex: String(index),
        logId: { keyId: logId },
        kindVersion: { kind: 'hashedrekord', version: '0.0.1' },
        integratedTime: '0',
        inclusionPromise: undefined,
        inclusionProof: {
          logIndex: String(index),
          rootHash: Buffer.alloc(0),
          treeSize: String(size),
          hashes: [...proof],
          checkpoint: { envelope: note },
        },
        canonicalizedBody: leaf,
      },
    ],
  }
  try {
    sigstore.verify(entity)
    return true
  } catch (error) {
    if ((error as { code?: unknown }).code === 'TLOG_INCLUSION_PROOF_ERROR') return false
    throw error
  }
}
const yes = (): boolean => true

/** A log with the entry somewhere among others, and a checkpoint of some size that holds it. */
const logs = fc
  .array(fc.uint8Array({ maxLength: 20 }), { maxLength: 300 })
  .chain((others) => fc.record({ others: fc.constant(others), index: fc.nat(others.length) }))
  .chain(({ others, index }) =>
    fc.record({
      leaves: fc.constant(others.toSpliced(index, 0, entry)),
      index: fc.constant(index),
      size: fc.integer({ min: index + 1, max: others.length + 1 }),
    }),
  )

const claimOf = ({ leaves, index, size }: { leaves: readonly Uint8Array[]; index: number; size: number }): Claim => {
  const { readNode } = grown(leaves)
  const note = signNote(checkpointBody({ origin, size, root: rootAt(size, readNode) }), { name: origin, privateKey })
  return { leaf: entry, index, size, proof: inclusionProof(index, size, readNode), note }
}

describe('a verifier of others', () => {
  it('given a log of ours, then it accepts the proof, the root and the signed checkpoint', () => {
    fc.assert(
      fc.property(logs, (log) => {
        expect(accepts(claimOf(log))).toBe(true)
      }),
    )
  })

  it('given another leaf, place, proof or checkpoint, then it does not', () => {
    fc.assert(
      fc.property(logs, (log) => {
        const claim = claimOf(log)
        const stranger = generateKeyPairSync('ed25519').privateKey
        const body = claim.note.slice(0, claim.note.indexOf('\n\n') + 1)
        const altered = [
          { ...claim, leaf: Buffer.concat([entry, Buffer.from(' ')]) },
          { ...claim, index: claim.index + 1 },
          { ...claim, proof: [...claim.proof, Buffer.alloc(32)] },
          { ...claim, proof: claim.proof.slice(1).concat(Buffer.alloc(32)) },
          { ...claim, note: claim.note.replace(`\n${claim.size}\n`, `\n${claim.size + 1}\n`) },
          { ...claim, note: signNote(body, { name: origin, privateKey: stranger }) },
        ]
        expect(altered.filter(accepts)).toEqual([])
      }),
    )
  })
})
