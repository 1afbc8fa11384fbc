import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { parseCheckpoint, readRotation, rotationStatement, signNote, verifierOf } from '../src/index.js'

const origin = 'room-ledger.example/1400000001'
const newKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { signer: { name: origin, privateKey }, verifier: verifierOf(origin, publicKey) }
}
const [old, next, stranger] = [newKey(), newKey(), newKey()]
const rotation = { origin, from: old.verifier.vkey, to: next.verifier.vkey, at: '2026-03-26T17:29:16.000Z' }
const statement = rotationStatement(rotation, old.signer)
const body = statement.slice(0, statement.indexOf('\n\n') + 1)

describe('a statement of rotation', () => {
  it('given the old key, then it names the new one, which can be used from then on', () => {
    const read = readRotation(statement, old.verifier)
    expect(read).toMatchObject({ ok: true, rotation, to: { name: origin, vkey: next.verifier.vkey } })
  })

  it('given its text, then a line each for what it is, origin, old key, new key and time', () => {
    expect(body).toBe(`room-ledger key rotation v1\n${origin}\n${rotation.from}\n${rotation.to}\n${rotation.at}\n`)
  })

  it('given its text, then nobody takes it for a checkpoint', () => {
    expect(parseCheckpoint(body)).toBeUndefined()
  })

  it.each([
    ['by a stranger', signNote(body, stranger.signer), 'no-known-key'],
    ['by the new key alone', signNote(body, next.signer), 'no-known-key'],
    ['with another new key put in', statement.replace(rotation.to, stranger.verifier.vkey), 'bad-signature'],
    ['with another time', statement.replace('2026', '2027'), 'bad-signature'],
    ['that is no note', body, 'malformed'],
    ['about another key', signNote(body.replace(rotation.from, stranger.verifier.vkey), old.signer), 'other-key'],
    ['with more lines', signNote(`${body}more\n`, old.signer), 'malformed'],
    ['with an empty line more', signNote(`${body}\n`, old.signer), 'malformed'],
    ['without a time', signNote(body.replace(`${rotation.at}\n`, ''), old.signer), 'malformed'],
    ['without a new key', signNote(body.replace(rotation.to, 'none'), old.signer), 'malformed'],
    ['of another form', signNote(body.replace('v1', 'v2'), old.signer), 'malformed'],
    ['that says something else', signNote('a letter\n', old.signer), 'malformed'],
  ])('given one %s, then it vouches for nothing', (_, note, problem) => {
    expect(readRotation(note, old.verifier)).toEqual({ ok: false, problem })
  })

  it.each([
    ['a key it is not from', rotation, next.signer],
    ['a new key that is none', { ...rotation, to: 'none' }, old.signer],
    ['a time of another form', { ...rotation, at: '26 March' }, old.signer],
    ['an origin of two lines', { ...rotation, origin: 'a\nb' }, old.signer],
  ])('given %s, then none is made', (_, rotation, signer) => {
    expect(() => rotationStatement(rotation, signer)).toThrow(TypeError)
  })
})
