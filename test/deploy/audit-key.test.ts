import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { root } from './support/compose-model.js'

const make = (file: string) => promisify(execFile)(process.execPath, [join(root, 'deploy/make-audit-key.mjs'), file])

describe('making the key of the audit', () => {
  let folder: string
  let file: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-key-'))
    file = join(folder, 'audit-key.pem')
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('given none, then it is an Ed25519 key in PKCS#8 that its owner alone can read', async () => {
    await make(file)
    expect(createPrivateKey(await readFile(file)).asymmetricKeyType).toBe('ed25519')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await readdir(folder)).toEqual(['audit-key.pem'])
  })

  it('given one, then it stays as it is, whoever asks and how many at once', async () => {
    await Promise.all([make(file), make(file), make(file)])
    const first = await readFile(file, 'utf8')
    await make(file)
    expect(await readFile(file, 'utf8')).toBe(first)
    expect(await readdir(folder)).toEqual(['audit-key.pem'])
  })

  it('given something else in its place, then it fails and leaves that alone', async () => {
    await writeFile(file, 'no key at all')
    await expect(make(file)).rejects.toThrow()
    expect(await readFile(file, 'utf8')).toBe('no key at all')
  })
})
