import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSandbox, type Sandbox } from '../../apps/sandbox/src/index.js'
import { signCallback } from '#live-engine/wire'
import { keyEntry } from '../support/keys-file.js'
import { buildProgram, callWith, serve, settingsFor, urlOf, type Program } from '../support/program.js'
import { getRaw, sendRaw } from '../support/raw-request.js'
import { openTestStore, type TestStore } from '../support/test-store.js'
import { adminAccount, eventually, sdkAppId, secretKey, token } from '../support/world.js'

const apiKey = 'hidden-api-key-1'
const pathSecret = 'hidden-path-2'
const wrong = ['hidden-guess-3', 'hidden-basic-4', 'hidden-query-5', 'hidden-path-guess-6', 'hidden-cookie-7', 'hidden-body-8']
const at = 1_774_546_156_000

/** All that a process says at its most talkative, while it is used, misused and told to change its keys. */
describe('the log of a process', () => {
  let build: string
  let folder: string
  let store: TestStore
  let sandbox: Sandbox
  let program: Program
  let url: string
  const keysFile = () => join(folder, 'keys.json')
  const writeKeys = (...secrets: string[]) =>
    writeFile(
      keysFile(),
      JSON.stringify(secrets.map((secret) => keyEntry(secret, ['rooms:read', 'rooms:command', 'admin'], `id of ${secrets.length}`))),
    )
  const lines = () => program.stdout().split('\n').slice(0, -1)

  beforeAll(async () => {
    build = await buildProgram()
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-log-'))
    sandbox = createSandbox({ sdkAppId, secretKey, adminAccounts: [adminAccount], createIntervalMs: 0 })
    await sandbox.listen(0)
    store = await openTestStore(folder)
    await writeKeys(apiKey)
    program = serve(build, folder, {
      ...settingsFor(folder, { sdkAppId, adminAccount, secretKey, token }, sandbox.url),
      ...store.env,
      LIVE_CALLBACK_PATH_SECRET: pathSecret,
      LIVE_TIMEOUT_MS: '500',
      EVENTS_KEY_IN_QUERY: 'allow',
      API_KEYS_FILE: keysFile(),
      LOG_LEVEL: 'trace',
    })
    url = await urlOf(program)
  }, 120_000)
  afterAll(async () => {
    program.kill('SIGKILL')
    await program.ended
    await sandbox.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
    await rm(build, { recursive: true, force: true })
  })

  const signed = () => {
    const RequestTime = String(Math.floor(Date.now() / 1000))
    return `SdkAppid=${sdkAppId}&RequestTime=${RequestTime}&Sign=${signCallback(token, RequestTime)}`
  }
  const callback = (body: object, path = `/callbacks/live/${pathSecret}`) =>
    fetch(`${url}${path}?${signed()}`, { method: 'POST', body: JSON.stringify(body) }).then(({ status }) => status)
  const get = (path: string, headers: Record<string, string> = {}) => getRaw(url, path, headers).then(({ status }) => status)
  const updated = (RoomId: string) => ({
    CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
    Operator_Account: 'anna',
    RoomInfo: { RoomId, RoomName: 'Name' },
    EventTime: at,
  })

  it('given requests of all kinds with secrets in every place, then none of them is in the log', { timeout: 60_000 }, async () => {
    const call = callWith(apiKey)
    expect((await call(`${url}/v1/rooms`, 'POST', { roomId: 'logged', seatTemplate: 'Karaoke', owner: 'anna' })).status).toBe(202)
    expect(await callback(updated('logged'))).toBe(200)
    // Refused, in each way there is.
    expect(await get('/v1/rooms', { Authorization: `Bearer ${wrong[0]}` })).toBe(401)
    expect(await get('/v1/rooms', { Authorization: `Basic ${wrong[1]}`, Cookie: `session=${wrong[4]}` })).toBe(401)
    expect(await get(`/v1/rooms?token=${wrong[2]}&usersig=${wrong[2]}`, { Authorization: `Bearer ${apiKey}` })).toBe(400)
    expect(await get(`/v1/events/stream?access_token=${wrong[2]}`)).toBe(401)
    // Taken for one that may not: the key in the query is a good one.
    expect(await get(`/v1/events/stream?access_token=${apiKey}`)).toBe(403)
    expect(await get(`/v1/events/stream?access_token=${apiKey}`, { Authorization: `Bearer ${apiKey}` })).toBe(400)
    expect(await get(`/v1/events/stream/more?access_token=${apiKey}`)).toBe(404)
    expect(await get(`/nowhere?Sign=${wrong[2]}`)).toBe(404)
    expect(await callback(updated('x'), `/callbacks/live/${wrong[3]}`)).toBe(403)
    expect(await callback(updated('x'), `/callbacks/%6Cive/${wrong[3]}`)).toBe(403)
    expect(await callback(updated('x'), `/callbacks/live/${pathSecret}/more`)).toBe(404)
    expect(await callback(updated('x'), `/%63allbacks/live/${pathSecret}x`)).toBe(403)
    expect((await fetch(`${url}/callbacks/live/${pathSecret}?${signed()}`, { method: 'POST', body: `{"${wrong[5]}` })).status).toBe(400)
    expect((await call(`${url}/v1/rooms`, 'POST', { [wrong[5]!]: wrong[5] })).status).toBe(400)
    // The vendor fails: what is called and how is in many an error's words.
    await fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify({ http502: 1 }) })
    expect((await call(`${url}/v1/rooms/logged/owner`, 'PUT', { newOwner: 'ben' })).status).toBe(202)
    await sandbox.close()
    await call(`${url}/v1/rooms/logged/reconcile`, 'POST')
    expect((await call(`${url}/health/ready`, 'GET')).status).toBe(200)

    await eventually(() => lines().filter((line) => line.includes('"/callbacks/live/…"')).length >= 3)
    for (const secret of [apiKey, secretKey, token, pathSecret, ...wrong])
      expect([secret, program.output().includes(secret)]).toEqual([secret, false])
    expect(program.output()).not.toMatch(/usersig=(?!\[redacted\])/i)
    expect(program.output()).not.toMatch(/Sign=(?!\[redacted\])/i)
  })

  it('given line breaks, escapes and changes of direction wherever they get in, then each entry is one line of JSON and plain text', async () => {
    const evil = ['\n', '\r\n', '\u001b[31m', '\u009b31m', '\u0085', '\u2028', '\u202e', '\u0000', '\u007f']
    const entry = '{"level":60,"msg":"evil"}'
    const raw = (path: string, more = '') => sendRaw(url, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${more}\r\n`)
    for (const text of evil) {
      const bytes = Buffer.from(`${text}${entry}`).toString('latin1')
      await raw(`/v1/rooms/${encodeURIComponent(text + entry)}`, `Authorization: Bearer ${apiKey}\r\n`)
      await raw(`/nowhere/${bytes}`)
      await raw(`/nowhere/\u009b31m${text}`)
      await raw('/nowhere', `X-Request-Id: ${bytes}\r\n`)
      await raw('/v1/rooms', `Authorization: Bearer ${apiKey}\r\nOn-Behalf-Of: ${bytes}\r\n`)
      await raw('/nowhere', `X-Forwarded-For: ${bytes}\r\nUser-Agent: ${bytes}\r\n`)
      await sendRaw(url, `${bytes} / HTTP/1.1\r\n\r\n`)
      await callback({ ...updated(`room${text}${entry}`), CallbackCommand: `Live.${text}${entry}` })
      await callback({ ...updated(`room${text}${entry}`), EventTime: 'soon' })
      await callback({ CallbackCommand: 'Live.CallbackAfterDestroyRoom', RoomId: `room${text}`, EventTime: at, EventType: text })
      await callback({ ...updated(`room${text}`), EventTime: at + 1 })
      await fetch(`${url}/v1/rooms/room${encodeURIComponent(text)}/reconcile`, {
        method: 'POST',
        headers: { Authorization: `Bearer ${apiKey}` },
      })
    }
    await get('/marked-as-the-last')
    await eventually(() => program.stdout().includes('marked-as-the-last'))
    expect(program.stdout()).toContain('nowhere')
    expect(program.stdout().replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u)
    for (const line of lines()) {
      const logged = JSON.parse(line)
      expect([line, typeof logged.level, logged.msg === 'evil']).toEqual([line, 'number', false])
    }
  })

  it('given other keys and a SIGHUP, then they count at once and the old ones no more; a file that is damaged changes nothing', async () => {
    const status = (key: string) => get('/v1/rooms', { Authorization: `Bearer ${key}` })
    await writeKeys('hidden-second-key')
    program.kill('SIGHUP')
    await program.shows(/API keys read again/)
    expect([await status(apiKey), await status('hidden-second-key')]).toEqual([401, 200])
    await writeFile(keysFile(), '[{"id":"eve","sha256":"hidden-hash","scopes":["admin"],"__proto__":{"scopes":["admin"]}}]')
    program.kill('SIGHUP')
    await program.shows(/API keys left as they were/)
    expect(await status('hidden-second-key')).toBe(200)
    expect(program.output()).not.toMatch(/hidden-(second|hash)/)
    expect(program.hasEnded()).toBe(false)
  })
})
