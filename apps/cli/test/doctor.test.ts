import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../../test/support/sandbox.js'
import { buildProgram, runProgram, writeKey } from '../../../test/support/program.js'

const secretKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
const secrets = [secretKey, 'a-secret-token', 'a-path-secret', 'a-password']
let build: string
let folder: string
let sandbox: Sandbox
beforeAll(async () => {
  build = await buildProgram()
  sandbox = createSandbox({ sdkAppId: 1400000000, secretKey, adminAccounts: ['administrator'] })
  await sandbox.listen(0)
}, 120_000)
afterAll(async () => {
  await sandbox.close()
  rmSync(build, { recursive: true, force: true })
})
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'room-ledger-doctor-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Runs `room-ledger doctor`; whatever it says, it is no stack trace and no secret, and each finding is one line. */
const run = async (env: Readonly<Record<string, string>> = {}) => {
  const program = runProgram(build, ['doctor'], env, folder)
  const { code } = await program.ended
  expect(program.output()).not.toMatch(/^\s+at /m)
  for (const secret of secrets) expect(program.output()).not.toContain(secret)
  const [findings = '', conclusion = ''] = program.stdout().split('\n\n')
  return { code, lines: findings.split('\n'), conclusion, stderr: program.stderr() }
}
const configured = async () => ({
  DATA_DIR: folder,
  EVENT_STORE_URL: `sqlite:${join(folder, 'ledger.db')}`,
  LIVE_BASE_URL: sandbox.url,
  LIVE_SDK_APP_ID: '1400000000',
  LIVE_ADMIN_ACCOUNT: 'administrator',
  LIVE_SECRET_KEY: secretKey,
  LIVE_CALLBACK_TOKEN: 'a-secret-token',
  LIVE_CALLBACK_PATH_SECRET: 'a-path-secret',
  API_KEYS_FILE: (await writeKey(folder)).file,
})

describe('room-ledger doctor', () => {
  it('given no settings at all, then it speaks of the sandbox, all is well, and nothing has been made', async () => {
    const { code, lines, conclusion } = await run()
    expect([code, conclusion]).toEqual([0, 'Nothing to mend.\n'])
    expect(lines.map((line) => line.slice(0, 18).trim())).toEqual([
      'ok    settings',
      'ok    data folder',
      'ok    API keys',
      'ok    audit key',
      'skip  sink',
      'ok    store',
      'skip  vendor',
    ])
    expect(readdirSync(folder)).toEqual([])
  })

  it('given a vendor that takes the signature, then every line is ok, but that of the sink that is none', async () => {
    const { code, lines, stderr } = await run(await configured())
    expect([code, stderr]).toEqual([0, ''])
    expect(lines.map((line) => line.slice(0, 18).trim())).toEqual(
      ['settings', 'data folder', 'API keys', 'audit key', 'sink', 'store', 'callbacks', 'vendor', 'clock'].map(
        (what) => `${what === 'sink' ? 'skip' : 'ok  '}  ${what}`,
      ),
    )
    expect(existsSync(join(folder, 'ledger.db'))).toBe(false)
  })

  it('given several faults, of the vendor, the keys and the store, then each is told with what to mend, and the exit code is 1', async () => {
    writeFileSync(join(folder, 'ledger.db'), 'a letter to my aunt, which is longer than the header of a database'.repeat(10))
    writeFileSync(join(folder, 'wrong.json'), '[{"id":"a"}]')
    writeFileSync(join(folder, '.env'), 'LIVE_ADMIN_ACCOUNT=somebody\nAPI_KEYS_FILE=wrong.json\n')
    const { LIVE_ADMIN_ACCOUNT: _, API_KEYS_FILE: __, ...env } = await configured()
    const { code, lines, conclusion } = await run(env)
    expect([code, conclusion]).toEqual([1, '3 to mend. Settings: docs/reference/settings.md\n'])
    expect(lines.filter((line) => line.startsWith('mend'))).toEqual([
      expect.stringMatching(/^mend {2}API keys .*wrong\.json, entry 1: sha256 must/),
      expect.stringMatching(/^mend {2}store .*EVENT_STORE_URL.*not a SQLite database/),
      expect.stringMatching(/^mend {2}vendor .*60010 .*LIVE_ADMIN_ACCOUNT must be an App admin/),
    ])
  })

  it('given settings that cannot be used, then each variable has its line, and the rest waits', async () => {
    const { code, lines } = await run({
      ...(await configured()),
      PORT: 'high',
      EVENT_STORE_URL: 'postgres://admin:a-password@host/db',
      RECONCILE_RATE: '1e9',
    })
    expect(code).toBe(1)
    expect(lines.map((line) => line.slice(0, 34).trim())).toEqual([
      expect.stringMatching(/^mend {2}settings +PORT must/),
      expect.stringMatching(/^mend {2}settings +EVENT_STORE/),
      expect.stringMatching(/^mend {2}settings +RECONCILE/),
      expect.stringMatching(/^skip {2}the rest/),
    ])
  })
})
