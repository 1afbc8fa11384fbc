import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { checkpointBody, emptyRoot, hashLeaf, openCheckpoint, parseCheckpoint, signNote, verifierOf } from '../src/index.js'

const origin = 'room-ledger.example/1400000001'
const root = hashLeaf('a')

describe('the text of a checkpoint', () => {
  it('given the example of the C2SP specification, then what it says, and the same text again', () => {
    const body = 'example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'
    const checkpoint = parseCheckpoint(body)
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 })
    expect(checkpoint && checkpointBody(checkpoint)).toBe(body)
  })

  it('given an empty tree, then size 0 and the root of nothing', () => {
    const body = checkpointBody({ origin, size: 0, root: emptyRoot })
    expect(body).toBe(`${origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`)
    expect(parseCheckpoint(body)).toEqual({ origin, size: 0, root: emptyRoot })
  })

  it('given further lines, then they are passed over', () => {
    expect(parseCheckpoint(`${checkpointBody({ origin, size: 7, root })}more\nand more\n`)).toEqual({ origin, size: 7, root })
  })

  const body = checkpointBody({ origin, size: 7, root })
  it.each([
    ['nothing', ''],
    ['no origin', body.replace(origin, '')],
    ['a size with a leading zero', body.replace('\n7\n', '\n07\n')],
    ['a negative size', body.replace('\n7\n', '\n-7\n')],
    ['a size beyond what can be counted', body.replace('\n7\n', '\n9007199254740993\n')],
    ['no size', body.replace('\n7\n', '\n')],
    ['a short root', body.replace(/.{4}=\n$/, '\n')],
    ['a root with bits left over', body.replace(/.=\n$/, '9=\n')],
    ['an empty line behind', `${body}\n`],
    ['no newline at the end', body.slice(0, -1)],
  ])('given %s, then it is none', (_, text) => {
    expect(parseCheckpoint(text)).toBeUndefined()
  })

  it.each([
    ['an origin that says more', { origin: `${origin}\n8\n${root.toString('base64')}`, size: 7, root }],
    ['no origin', { origin: '', size: 7, root }],
    ['half a leaf', { origin, size: 0.5, root }],
    ['a size that is negative', { origin, size: -1, root }],
    ['no hash for a root', { origin, size: 7, root: root.subarray(1) }],
  ])('given %s, then none can be made', (_, checkpoint) => {
    expect(() => checkpointBody(checkpoint)).toThrow(TypeError)
  })
})

describe('opening a checkpoint', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const verifier = verifierOf(origin, publicKey)
  const note = signNote(checkpointBody({ origin, size: 7, root }), { name: origin, privateKey })

  it('given a note with the key that signed it, then the checkpoint', () => {
    expect(openCheckpoint(note, [verifier])).toEqual({ ok: true, checkpoint: { origin, size: 7, root }, signedBy: [verifier] })
  })

  it('given another key, a text that was altered or no note, then why not', () => {
    const stranger = verifierOf(origin, generateKeyPairSync('ed25519').publicKey)
    expect(openCheckpoint(note, [stranger])).toEqual({ ok: false, problem: 'no-known-key' })
    expect(openCheckpoint(note.replace('\n7\n', '\n8\n'), [verifier])).toEqual({ ok: false, problem: 'bad-signature' })
    expect(openCheckpoint('checkpoint', [verifier])).toEqual({ ok: false, problem: 'malformed' })
  })

  it('given something else that the key signed, then it is no checkpoint', () => {
    const other = signNote('a letter\n', { name: origin, privateKey })
    expect(openCheckpoint(other, [verifier])).toEqual({ ok: false, problem: 'no-checkpoint' })
  })
})
