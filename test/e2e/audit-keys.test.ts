import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { makeKeyFile, openNote, readRotation, readVerifier, type Verifier } from '#audit-log'
import { startDouble } from '../double/index.js'
import { application } from '../bench/load.js'
import { buildProgram, callWith, runProgram, serve, settingsFor, urlOf, writeKey, type Program } from '../support/program.js'

const verifierOf = (vkey: string): Verifier => {
  const read = readVerifier(vkey)
  if (!read.ok) throw new Error(read.why)
  return read.verifier
}

/** The program on a SQLite file of its own, with a key that it makes itself. */
describe('the key that signs', () => {
  let build: string
  let folder: string
  let secret: string
  let key: string
  let program: Program | undefined
  beforeAll(async () => void (build = await buildProgram()))
  afterAll(() => rm(build, { recursive: true, force: true }))
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-keys-'))
    key = join(folder, 'audit-key.pem')
    secret = (await writeKey(folder)).secret
  })
  afterEach(async () => {
    program?.kill('SIGKILL')
    await program?.ended
    await rm(folder, { recursive: true, force: true })
  })

  const env = (more: Record<string, string> = {}) => ({
    ...settingsFor(folder, application),
    EVENT_STORE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    AUDIT_SIGNING_KEY_FILE: key,
    ...more,
  })
  const start = async () => {
    program = serve(build, folder, env())
    const url = await urlOf(program)
    const headers = { Authorization: `Bearer ${secret}` }
    const text = async (path: string): Promise<string> => (await fetch(`${url}/v1/audit/${path}`, { headers })).text()
    return { text, keys: async () => (await callWith(secret)(`${url}/v1/audit/public-keys`, 'GET')).body.items }
  }
  const stop = async (): Promise<void> => {
    program!.kill('SIGTERM')
    expect((await program!.ended).code).toBe(0)
  }
  /** What a start that is refused says, and nothing else. */
  const refusal = async (more: Record<string, string> = {}): Promise<string> => {
    program = serve(build, folder, env(more))
    const { code } = await program.ended
    expect([code, program.stderr().split('\n').length]).toEqual([78, 4])
    expect(program.output()).not.toMatch(/^\s+at |PRIVATE KEY|a-secret/m)
    return program.stderr()
  }
  const rotate = async (...args: string[]) => {
    const rotation = runProgram(build, ['rotate-key', ...args], env(), folder)
    return { code: (await rotation.ended).code, stdout: rotation.stdout(), stderr: rotation.stderr() }
  }

  it('given a rotation while the service runs, when it starts again, then the old key vouches for the new one, and both can be had', async () => {
    const first = await start()
    expect(statSync(key).mode & 0o777).toBe(0o600)
    const old = verifierOf(await first.text('public-key?format=vkey'))
    const { code, stdout } = await rotate()
    expect([code, stdout]).toEqual([0, expect.stringContaining(old.vkey)])
    expect(verifierOf(await first.text('public-key?format=vkey')).vkey).toBe(old.vkey)
    await stop()

    const second = await start()
    const current = verifierOf(await second.text('public-key?format=vkey'))
    expect(current.vkey).not.toBe(old.vkey)
    const [before, now, ...more] = await second.keys()
    expect([before.vkey, before.current, now.vkey, now.current, more]).toEqual([old.vkey, false, current.vkey, true, []])
    const read = readRotation(now.statement, old)
    expect(read.ok && read.to.vkey).toBe(current.vkey)
    expect(openNote(await second.text('checkpoints/latest'), [old, current])).toMatchObject({ ok: true })
    await stop()
    const third = await start()
    expect((await third.keys()).length).toBe(2)
    expect(openNote(await third.text('checkpoints/latest'), [current])).toMatchObject({ ok: true })
    await stop()

    // The old key is no longer the ledger's, though it once was.
    copyFileSync(
      readdirSync(folder)
        .filter((name) => name.endsWith('.old'))
        .map((name) => join(folder, name))[0]!,
      key,
    )
    expect(await refusal()).toMatch(/AUDIT_SIGNING_KEY_FILE .*another key/)
  })

  it('given another key, none, one of another ledger, or another name, then it does not start, and names the setting', async () => {
    await start()
    await stop()
    const kept = `${key}.kept`
    copyFileSync(key, kept)

    rmSync(key)
    makeKeyFile(key)
    expect(await refusal()).toMatch(/AUDIT_SIGNING_KEY_FILE .*holds another key .*rotate-key/)
    expect((await rotate()).code).toBe(0)
    expect(await refusal()).toMatch(/AUDIT_SIGNING_KEY_FILE .*is no statement/)
    rmSync(key)
    expect(await refusal()).toMatch(/AUDIT_SIGNING_KEY_FILE .*is not there.*bring it back/)
    expect(existsSync(key)).toBe(false)
    copyFileSync(kept, key)
    expect(await refusal({ LEDGER_ORIGIN: 'another.name' })).toMatch(/LEDGER_ORIGIN is another\.name/)
    await start()
    await stop()
  })

  it.each<[string, RegExp, (file: string) => void]>([
    ['text', /cannot be read: it is no PEM/, (file) => writeFileSync(file, 'a-secret text')],
    ['nothing', /cannot be read: it is no PEM/, (file) => writeFileSync(file, '')],
    [
      'a public key',
      /cannot be read: it is no PEM/,
      (file) => writeFileSync(file, createPublicKey(makeKeyFile(`${file}.x`)).export({ type: 'spki', format: 'pem' })),
    ],
    [
      'a key of another kind',
      /another kind \(x25519\)/,
      (file) => writeFileSync(file, generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' })),
    ],
  ])('given %s in the key file, then one message names the setting, and the exit code is 78', async (_, says, put) => {
    put(key)
    const before = readFileSync(key)
    const message = await refusal()
    expect(message).toMatch(says)
    expect(message).toContain(`AUDIT_SIGNING_KEY_FILE ${key}`)
    expect(readFileSync(key).equals(before)).toBe(true)
  })

  it('given a place where no key can be made, then one message names the setting', async () => {
    writeFileSync(join(folder, 'file'), '')
    expect(await refusal({ AUDIT_SIGNING_KEY_FILE: join(folder, 'file', 'key.pem') })).toMatch(/AUDIT_SIGNING_KEY_FILE .*(ENOTDIR|EEXIST)/)
  })

  it('given EventStoreDB and no key file, then none is made: all instances need the same', async () => {
    const double = await startDouble()
    try {
      expect(await refusal({ EVENT_STORE_URL: double.url })).toMatch(/AUDIT_SIGNING_KEY_FILE .*is not there.*openssl genpkey/)
      expect(existsSync(key)).toBe(false)
    } finally {
      await double.close()
    }
  })

  it('given nothing to rotate, or a file of its own, then rotate-key says so, or takes that', async () => {
    expect(await rotate()).toMatchObject({ code: 1, stderr: expect.stringMatching(/AUDIT_SIGNING_KEY_FILE: .*is not there/) })
    const own = join(folder, 'own.pem')
    makeKeyFile(own)
    chmodSync(own, 0o600)
    expect(await rotate('--key', own, '--remove-old')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('The old private key is gone.'),
    })
    expect(
      readdirSync(folder)
        .filter((name) => name.startsWith('own.pem'))
        .map((name) => name.replace(/\.[\da-f]{8}\./, '.ID.')),
    ).toEqual(expect.arrayContaining(['own.pem', 'own.pem.ID.pub', 'own.pem.rotation']))
  })
})
