import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventStoreDBClient, jsonEvent, NO_STREAM } from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, serve, writeKey, type Program } from '../support/program.js'
import { application, atOnce, callbackOf, openVendor, percentile } from './load.js'

const server = process.env['TEST_EVENTSTORE_URL']
const rooms = 20_000
const perRun = Number(process.env['BENCH_CALLBACKS'] ?? 20_000)

/**
 * Callbacks a second through the whole service, as a share of what the bare client appends in the same run: the same
 * events, as many at a time, to the same server.
 */
describe.runIf(server)('callbacks through the service on EventStoreDB', () => {
  let folder: string
  let build: string
  let program: Program
  let url: string
  let sent = 0
  const startedAt = Date.now() - 3_600_000
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-bench-'))
    build = await buildProgram()
    const key = await writeKey(folder)
    program = serve(build, folder, {
      PORT: '0',
      DATA_DIR: folder,
      EVENT_STORE_URL: server!,
      AUDIT_SIGNING_KEY_FILE: join(folder, 'audit-key.pem'),
      LIVE_BASE_URL: 'http://127.0.0.1:9',
      LIVE_SDK_APP_ID: String(application.sdkAppId),
      LIVE_ADMIN_ACCOUNT: application.adminAccount,
      LIVE_SECRET_KEY: application.secretKey,
      LIVE_CALLBACK_TOKEN: application.token,
      API_KEYS_FILE: key.file,
      RECONCILE_RATE: '0',
      NODE_ENV: 'production',
      LOG_LEVEL: process.env['BENCH_LOG'] ?? 'info',
    })
    url = (await program.shows(/listening on (http[^\s",]+)/))[1]!
  })
  afterAll(async () => {
    program.kill('SIGTERM')
    await program.ended
    await rm(folder, { recursive: true, force: true })
    await rm(build, { recursive: true, force: true })
  })

  const throughService = async (connections: number) => {
    const vendor = openVendor(url, connections)
    const from = sent
    sent += perRun
    const { seconds, took } = await atOnce(from, sent, connections, (n) => vendor.send(callbackOf(rooms, n, startedAt)))
    await vendor.close()
    return { rate: perRun / seconds, p50: percentile(took, 0.5), p99: percentile(took, 0.99) }
  }

  const bare = async (callers: number) => {
    const client = EventStoreDBClient.connectionString(server!)
    const mark = `bare${Date.now().toString(36)}`
    const samples: { data: object; metadata: object; type: string }[] = []
    for await (const { event } of client.readAll({ direction: 'backwards', fromPosition: 'end', maxCount: 2000 }))
      if (event?.streamId.startsWith('room-'))
        samples.push({ type: event.type, data: event.data as object, metadata: event.metadata as object })
    const { seconds, took } = await atOnce(0, perRun, callers, async (n) => {
      const { type, data, metadata } = samples[n % samples.length]!
      await client.appendToStream(`${mark}-${n}`, jsonEvent({ type, data: data as never, metadata: metadata as never }), {
        expectedRevision: NO_STREAM,
      })
    })
    await client.dispose()
    return { rate: perRun / seconds, p50: percentile(took, 0.5), p99: percentile(took, 0.99) }
  }

  it('warms up', async () => void (await throughService(128)))

  it.each([32, 128, 32, 128])('at %i connections', async (connections) => {
    const service = await throughService(connections)
    const floor = await bare(connections)
    const show = ({ rate, p50, p99 }: typeof service) => `${rate.toFixed(0)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
    console.log(
      `${connections} connections: service ${show(service)}; bare client ${show(floor)}; ratio ${(service.rate / floor.rate).toFixed(2)}`,
    )
    expect(service.rate).toBeGreaterThan(0)
  })
})
