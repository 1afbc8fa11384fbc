import { copyFileSync, rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { checksumOf, type StoredRow } from '../../libs/event-store-sqlite/src/soundness.js'
import { application, callbackOf, openVendor } from '../bench/load.js'
import { originForTests } from '../support/audit-key.js'
import { directoryForTest, httpsForTest, type SinkForTest } from '../support/checkpoint-sinks.js'
import { eventually } from '../support/eventually.js'
import { buildProgram, callWith, serve, settingsFor, urlOf, writeKey, type Program } from '../support/program.js'

const startedAt = Date.now() - 3_600_000
let build: string
beforeAll(async () => void (build = await buildProgram()))
afterAll(() => rm(build, { recursive: true, force: true }))

/** The program on a SQLite file, as an operator runs it, stops it and puts files in its place. */
describe.each<[string, () => Promise<SinkForTest>]>([
  ['a directory', directoryForTest],
  ['an HTTPS address', httpsForTest],
])('checkpoints that also go to %s', (_, openSink) => {
  let folder: string
  let file: string
  let sink: SinkForTest
  let secret: string
  let program: Program | undefined
  let sent = 0
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-backup-'))
    file = join(folder, 'ledger.db')
    sink = await openSink()
    secret = (await writeKey(folder)).secret
  })
  afterEach(async () => {
    await stop()
    await sink.close()
    await rm(folder, { recursive: true, force: true })
  })

  const start = async () => {
    const env = { ...settingsFor(folder, application), EVENT_STORE_URL: `sqlite:${file}`, AUDIT_CHECKPOINT_INTERVAL_MS: '200' }
    program = serve(build, folder, { ...env, ...sink.env })
    const url = await urlOf(program)
    const headers = { Authorization: `Bearer ${secret}` }
    return {
      url,
      send: async (count: number) => {
        const vendor = openVendor(url, 1)
        for (let n = 0; n < count; n += 1) await vendor.send(callbackOf(10_000, sent++, startedAt).body)
        await vendor.close()
      },
      signing: async () => (await callWith(secret)(`${url}/health/ready`, 'GET')).body.info.audit,
      latest: async () => {
        const answer = await fetch(`${url}/v1/audit/checkpoints/latest`, { headers })
        return { status: answer.status, text: await answer.text() }
      },
      metrics: async () => (await fetch(`${url}/metrics`)).text(),
      call: callWith(secret),
    }
  }
  const stop = async (): Promise<void> => {
    program?.kill('SIGTERM')
    expect((await program?.ended)?.code ?? 0).toBe(0)
  }
  const files = ['', '-head']
  const leftovers = ['-wal', '-shm']

  it('given a backup that is put back, then nothing is signed any more, which is said everywhere, and rooms are still served', async () => {
    const first = await start()
    await first.send(5)
    await eventually(
      () => sink.read('latest.txt'),
      (note) => note !== undefined,
    )
    await stop()
    for (const end of files) copyFileSync(file + end, `${file}${end}.backup`)
    const second = await start()
    await second.send(5)
    const { text } = await second.latest()
    expect(text).toContain(originForTests)
    await stop()
    const last = await sink.read('latest.txt')
    expect(await sink.read(`checkpoint-${Number(last?.split('\n')[1])}.txt`)).toBe(last)
    expect(Number(last?.split('\n')[1])).toBeGreaterThanOrEqual(11)

    for (const end of leftovers) rmSync(file + end, { force: true })
    for (const end of files) copyFileSync(`${file}${end}.backup`, file + end)
    const restored = await start()
    const told = await eventually(restored.signing, ({ signing }) => signing !== 'ok')
    expect(told).toMatchObject({ status: 'up', signing: 'inconsistent' })
    const refused = await restored.latest()
    expect([refused.status, JSON.parse(refused.text)]).toEqual([
      409,
      expect.objectContaining({
        type: '/problems/ledger-inconsistent',
        detail: expect.stringMatching(/the sink has a checkpoint of \d+ events, the log has \d+/),
      }),
    ])
    expect(await restored.metrics()).toMatch(/^room_ledger_audit_refused 1$/m)
    const { roomId } = callbackOf(10_000, 0, startedAt)
    expect((await restored.call(`${restored.url}/v1/rooms/${roomId}`, 'GET')).status).toBe(200)
    // More events do not mend it: what comes now is another history.
    await restored.send(20)
    await eventually(
      async () => (await restored.signing()).size,
      (size) => size > Number(last?.split('\n')[1]),
    )
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(await restored.signing()).toMatchObject({ signing: 'inconsistent' })
    await stop()
    expect(program!.output()).toMatch(/no checkpoint is signed: the sink has a checkpoint of/)
    expect(program!.output()).not.toMatch(/p%40ss|p@ss|token=t/)
    expect(await sink.read('latest.txt')).toBe(last)
  })

  it('given a row that was altered so that its checksum fits, when the tree is made anew, then the checkpoint before tells', async () => {
    const first = await start()
    await first.send(5)
    expect((await first.latest()).status).toBe(200)
    await stop()
    const last = await sink.read('latest.txt')

    using db = new DatabaseSync(file)
    const row = db
      .prepare(
        "SELECT position, stream, revision, id, type, data, metadata FROM events WHERE stream LIKE 'room-%' ORDER BY position LIMIT 1",
      )
      .get() as unknown as StoredRow
    const data = row.data.replace('"owner-0"', '"mallory"')
    expect(data).not.toBe(row.data)
    db.prepare('UPDATE events SET data = ?, checksum = ? WHERE position = ?').run(data, checksumOf({ ...row, data }), row.position)
    db.close()
    rmSync(join(folder, 'audit.db'))
    const altered = await start()
    expect(await eventually(altered.signing, ({ signing }) => signing !== 'ok')).toMatchObject({ signing: 'inconsistent' })
    expect(await altered.latest()).toMatchObject({
      status: 409,
      text: expect.stringMatching(/the store has a checkpoint of \d+ events with the root/),
    })
    await stop()
    expect(await sink.read('latest.txt')).toBe(last)
  })
})
