import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import type { EventStore } from '#event-store'
import {
  adoptKey,
  makeKeyFile,
  readAdoptedKeys,
  readKeyFile,
  readRotation,
  rotateKeyFile,
  rotationFileOf,
  rotationStatement,
  verifierOf,
  type Verifier,
} from '../src/index.js'
import { folderForTest, origin } from './support/ledger.js'

const at = '2026-01-01T00:00:00.000Z'
const now = () => at
const newKey = (): { privateKey: KeyObject; verifier: Verifier } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { privateKey, verifier: verifierOf(origin, publicKey) }
}
const stated = (from: ReturnType<typeof newKey>, to: ReturnType<typeof newKey>): string =>
  rotationStatement({ origin, from: from.verifier.vkey, to: to.verifier.vkey, at }, { name: origin, privateKey: from.privateKey })
const adopt = (store: EventStore, { verifier }: { verifier: Verifier }, statements?: string) =>
  adoptKey({ store, verifier, statements, now })

describe('a key file', () => {
  it('given none, when one is made, then its owner alone can read it, it is read again, and nothing else lies about', () => {
    const folder = folderForTest()
    const file = join(folder, 'deep', 'key.pem')
    expect(readKeyFile(file)).toMatchObject({ ok: false, problem: 'missing' })
    const made = makeKeyFile(file)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const read = readKeyFile(file)
    expect(read.ok && read.privateKey.equals(made)).toBe(true)
    expect(readdirSync(join(folder, 'deep'))).toEqual(['key.pem'])
  })

  it('given one, when another is to be made, then it stays as it is', () => {
    const folder = folderForTest()
    const file = join(folder, 'key.pem')
    makeKeyFile(file)
    const before = readFileSync(file, 'utf8')
    expect(() => makeKeyFile(file)).toThrow(/EEXIST/)
    expect([readFileSync(file, 'utf8'), readdirSync(folder)]).toEqual([before, ['key.pem']])
  })

  it.each<[string, string]>([
    ['a text', 'a secret of somebody else'],
    ['a PEM that is none', '-----BEGIN PRIVATE KEY-----\na secret of somebody else\n-----END PRIVATE KEY-----\n'],
    ['a public key', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()],
    [
      'a key with a password',
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
    ],
    ['a key of another kind', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['nothing', ''],
  ])('given %s, then it is refused, and nothing of it is repeated', (_, text) => {
    const file = join(folderForTest(), 'key.pem')
    writeFileSync(file, text)
    const read = readKeyFile(file)
    expect(read.ok).toBe(false)
    expect(JSON.stringify(read)).not.toContain('secret')
  })

  it('given a folder in its place, then it is refused', () => {
    expect(readKeyFile(folderForTest())).toMatchObject({ ok: false, problem: 'unreadable', why: expect.stringContaining('EISDIR') })
  })
})

describe('the keys of a ledger', () => {
  it('given none, then the first comes as it is; given it again, then nothing is written', async () => {
    const store = createMemoryStore()
    const key = newKey()
    for (let time = 0; time < 2; time += 1) expect(await adopt(store, key)).toMatchObject({ ok: true })
    expect(await readAdoptedKeys(store)).toMatchObject([{ verifier: { vkey: key.verifier.vkey }, statement: null, adoptedAt: at }])
  })

  it('given another key, then it needs a statement of the one before, for itself', async () => {
    const store = createMemoryStore()
    const [old, next, foreign] = [newKey(), newKey(), newKey()]
    await adopt(store, old)
    expect(await adopt(store, next)).toMatchObject({ ok: false, problem: 'other-key', current: { vkey: old.verifier.vkey } })
    for (const bad of ['', 'nonsense', stated(foreign, next), stated(old, foreign), stated(next, old)])
      expect(await adopt(store, next, bad)).toMatchObject({ ok: false, problem: 'bad-statement' })
    expect(await readAdoptedKeys(store)).toHaveLength(1)

    expect(await adopt(store, next, stated(old, next))).toMatchObject({ ok: true })
    const [, second] = await readAdoptedKeys(store)
    const read = readRotation(second!.statement!, old.verifier)
    expect(read.ok && read.to.vkey).toBe(next.verifier.vkey)
    expect(await adopt(store, old)).toMatchObject({ ok: false, problem: 'other-key' })
  })

  it('given statements over several keys, in any order and with others among them, then each key on the way is adopted', async () => {
    const store = createMemoryStore()
    const [a, b, c, d] = [newKey(), newKey(), newKey(), newKey()]
    await adopt(store, a)
    const statements = [stated(b, c), stated(d, a), stated(a, b)].join('')
    expect(await adopt(store, c, statements)).toMatchObject({ ok: true })
    expect((await readAdoptedKeys(store)).map(({ verifier }) => verifier.vkey)).toEqual([a, b, c].map(({ verifier }) => verifier.vkey))
    expect(await adopt(store, d, stated(c, a) + stated(a, b))).toMatchObject({ ok: false, problem: 'bad-statement' })
  })

  it('given many instances that begin at once, then the key is written once', async () => {
    const store = createMemoryStore()
    const [a, b] = [newKey(), newKey()]
    await Promise.all(Array.from({ length: 5 }, () => adopt(store, a)))
    const adopted = await Promise.all(Array.from({ length: 5 }, () => adopt(store, b, stated(a, b))))
    expect(adopted.every(({ ok }) => ok)).toBe(true)
    expect(await readAdoptedKeys(store)).toHaveLength(2)
  })
})

describe('a rotation in the file', () => {
  const given = () => {
    const file = join(folderForTest(), 'key.pem')
    return { file, first: verifierOf(origin, createPublicKey(makeKeyFile(file))) }
  }
  const rotate = (file: string, removeOld = false) => {
    const rotated = rotateKeyFile({ file, origin, at, removeOld })
    if (!rotated.ok) throw new Error(rotated.why)
    return rotated
  }
  const keyIn = (file: string): Verifier => {
    const read = readKeyFile(file)
    if (!read.ok) throw new Error(read.why)
    return verifierOf(origin, createPublicKey(read.privateKey))
  }

  it('given a key, then another is in its place, with a statement beside it and the old one kept apart', () => {
    const { file, first } = given()
    const rotated = rotate(file)
    expect(keyIn(file).vkey).toBe(rotated.to.vkey)
    expect([rotated.from.vkey, keyIn(rotated.oldPrivateFile!).vkey]).toEqual([first.vkey, first.vkey])
    expect([statSync(file), statSync(rotated.oldPrivateFile!)].map(({ mode }) => mode & 0o777)).toEqual([0o600, 0o600])
    const read = readRotation(readFileSync(rotationFileOf(file), 'utf8'), first)
    expect(read.ok && read.to.vkey).toBe(rotated.to.vkey)
    expect(createPublicKey(readFileSync(rotated.oldPublicFile)).equals(first.publicKey)).toBe(true)
  })

  it('given that the old one is to go, then only its public half is left', () => {
    const { file, first } = given()
    const { oldPrivateFile } = rotate(file, true)
    expect([oldPrivateFile, existsSync(`${file}.${first.keyId}.old`)]).toEqual([undefined, false])
  })

  it('given two rotations before the service starts again, then it adopts both keys', async () => {
    const { file, first } = given()
    const store = createMemoryStore()
    await adopt(store, { verifier: first })
    const keys = [first, rotate(file).to, rotate(file).to]
    expect(await adopt(store, { verifier: keyIn(file) }, readFileSync(rotationFileOf(file), 'utf8'))).toMatchObject({ ok: true })
    expect((await readAdoptedKeys(store)).map(({ verifier }) => verifier.vkey)).toEqual(keys.map(({ vkey }) => vkey))
  })

  it('given no key to begin with, then it says so', () => {
    expect(rotateKeyFile({ file: join(folderForTest(), 'none.pem'), origin, at, removeOld: false })).toMatchObject({ ok: false })
  })
})
