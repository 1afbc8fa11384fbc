import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../apps/sandbox/src/index.js'
import { buildProgram, serve, writeKey, type Program } from '../support/program.js'
import { openTestStore, type TestStore } from '../support/test-store.js'
import { adminAccount, eventually, sdkAppId, secretKey, token } from '../support/world.js'

describe('a vendor that hangs, and a call time longer than a stop may take', () => {
  let build: string
  let folder: string
  let store: TestStore
  let sandbox: Sandbox
  let env: Record<string, string>
  let authorization: string
  const programs: Program[] = []
  beforeAll(async () => {
    build = await buildProgram()
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-hanging-'))
    store = await openTestStore(folder)
    sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0, hangMs: 120_000 })
    await sandbox.listen(0)
    const { file, secret } = await writeKey(folder)
    authorization = `Bearer ${secret}`
    env = {
      PORT: '0',
      DATA_DIR: folder,
      LIVE_BASE_URL: sandbox.url,
      LIVE_SDK_APP_ID: String(sdkAppId),
      LIVE_ADMIN_ACCOUNT: adminAccount,
      LIVE_SECRET_KEY: secretKey,
      LIVE_CALLBACK_TOKEN: token,
      RECONCILE_RATE: '0',
      LIVE_TIMEOUT_MS: '60000',
      API_KEYS_FILE: file,
      ...store.env,
    }
  }, 120_000)
  afterAll(async () => {
    for (const program of programs) program.kill('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    await sandbox.close()
    await store.close()
    await Promise.all([build, folder].map((path) => rm(path, { recursive: true, force: true })))
  })

  const start = async (): Promise<{ program: Program; url: string }> => {
    const program = serve(build, folder, env)
    programs.push(program)
    const [, url] = await program.shows(/listening on (http[^\s,"]+)/)
    sandbox.setCallback(`${url!}/callbacks/live`, token)
    return { program, url: url! }
  }
  const call = async (url: string, method: string, body?: object) => {
    const headers = { authorization, ...(body && { 'content-type': 'application/json' }) }
    const answer = await fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    return { status: answer.status, body: (await answer.json()) as { status: string; operationId: string; cause: string } }
  }
  const faults = (body: object) => fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify(body) })

  it('given calls in flight, when SIGTERM comes, then they are answered, it ends with 0 in time, and the next start ends them', async () => {
    const first = await start()
    await call(`${first.url}/v1/rooms`, 'POST', { roomId: 'r', seatTemplate: 'Karaoke', owner: 'anna' })
    await faults({ timeout: 1 })
    const hanging = call(`${first.url}/v1/rooms/r/owner`, 'PUT', { newOwner: 'ben' })
    const looking = call(`${first.url}/v1/rooms/other/reconcile`, 'POST')
    await eventually(
      async () => (await call(`${first.url}/v1/rooms/r/operations`, 'GET')).body as unknown as { items: { kind: string }[] },
      ({ items }) => items[0]?.kind === 'change-owner',
    )
    const asked = performance.now()
    first.program.kill('SIGTERM')
    const answer = await hanging
    expect(answer).toMatchObject({ status: 202, body: { status: 'unresolved', cause: 'shutdown' } })
    expect((await looking).status).toBe(502)
    expect(await first.program.ended).toMatchObject({ code: 0, signal: null })
    expect(performance.now() - asked).toBeLessThan(10_000)

    await faults({})
    const second = await start()
    const ended = await eventually(
      async () => (await call(`${second.url}/v1/operations/${answer.body.operationId}`, 'GET')).body,
      ({ status }) => status === 'confirmed' || status === 'rejected',
    )
    expect(ended).toMatchObject({ status: 'rejected', cause: 'not-as-requested' })
  })
})
