import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readVerifier, signNote, openNote, verifierOf, vkeyOf } from '../src/index.js'

// The example of Go's package golang.org/x/mod/sumdb/note.
const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString()

describe('a verifier string', () => {
  it('given the published one, then its key and the same string again', () => {
    const read = readVerifier(`${vkey}\n`)
    expect(read).toMatchObject({ ok: true, verifier: { name: 'PeterNeumann', keyId: 'c74f20a3', vkey } })
    expect(read.ok && vkeyOf('PeterNeumann', read.verifier.publicKey)).toBe(vkey)
  })

  it('given any byte of it altered, or any part of it alone, then it is none', () => {
    const manglings: string[] = []
    for (let start = 0; start < vkey.length; start += 1)
      for (let end = start + 1; end <= vkey.length; end += 1) if (end - start < vkey.length) manglings.push(vkey.slice(start, end))
    for (const place of Buffer.from(vkey).keys()) {
      const altered = Buffer.from(vkey)
      altered[place]! += 1
      manglings.push(altered.toString())
    }
    expect(manglings.filter((text) => readVerifier(text).ok)).toEqual([])
  })

  it.each([
    ['a key that is too long, its id adjusted', 'PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY=='],
    ['an algorithm that is not known, its id adjusted', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['an id in capitals', vkey.replace('c74f20a3', 'C74F20A3')],
    ['nothing', ''],
    ['a file of some other kind', '{"keys":[]}'],
  ])('given %s, then it says why not', (_, text) => {
    expect(readVerifier(text)).toEqual({ ok: false, why: expect.stringMatching(/verifier string/) })
  })

  it('given another name than asked for, then it says so', () => {
    expect(readVerifier(vkey, 'EnochRoot')).toEqual({ ok: false, why: 'the key is named PeterNeumann, not EnochRoot' })
    expect(readVerifier(vkey, 'PeterNeumann').ok).toBe(true)
  })
})

describe('a public key as PEM', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')

  it('given a name with it, then the verifier of the string', () => {
    const name = 'room-ledger.example/1'
    const read = readVerifier(pem(publicKey), name)
    expect(read).toMatchObject({ ok: true, verifier: { vkey: vkeyOf(name, publicKey) } })
    const note = signNote('text\n', { name, privateKey: createPrivateKey(pem(privateKey)) })
    expect(read.ok && openNote(note, [read.verifier]).ok).toBe(true)
  })

  it.each([
    ['no name', pem(publicKey), undefined, /no name/],
    ['a name that none can have', pem(publicKey), 'a b', /no name for a key/],
    ['a private key', pem(privateKey), 'k', /private key; give the public one/],
    ['a key of another kind', pem(generateKeyPairSync('x25519').publicKey), 'k', /not an Ed25519/],
    ['a damaged file', pem(publicKey).replace('MCow', 'AAAA'), 'k', /not an Ed25519/],
  ])('given %s, then it says why not, without a word of the key', (_, text, name, why) => {
    const read = readVerifier(text, name)
    expect(read).toEqual({ ok: false, why: expect.stringMatching(why) })
    expect(JSON.stringify(read)).not.toContain(text.split('\n')[1])
  })

  it('given a private key or one of another kind, then there is no verifier of it', () => {
    expect(() => verifierOf('k', privateKey)).toThrow(TypeError)
    expect(() => verifierOf('k', createPublicKey(generateKeyPairSync('x25519').privateKey))).toThrow(TypeError)
  })
})
