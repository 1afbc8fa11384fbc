import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BACKWARDS, END, EventStoreDBClient, jsonEvent, NO_STREAM, type JSONEventType, type JSONType } from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cpuMsOf } from '../support/process-figures.js'
import { buildProgram, serve, settingsFor, urlOf, writeKey, type Program } from '../support/program.js'
import { application, atOnce, callbackOf, openVendor, percentile } from './load.js'

const server = process.env['TEST_EVENTSTORE_URL']
const rooms = 20_000
const perRun = Number(process.env['BENCH_CALLBACKS'] ?? 10_000)

/**
 * Callbacks a second through the whole service, as a share of what the bare client appends in the same run: the same
 * events, as many at a time, to the same server, once the service is away. To streams of rooms, of which the server's
 * projections make history as they do of the service's; and, for comparison, to streams that nothing is made of.
 */
describe.runIf(server)('callbacks through the service on EventStoreDB', () => {
  let folder: string
  let build: string
  let program: Program
  let url: string
  let secret: string
  let sent = 0
  const startedAt = Date.now() - 3_600_000
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-bench-'))
    build = await buildProgram()
    secret = (await writeKey(folder)).secret
    program = serve(build, folder, {
      ...settingsFor(folder, application),
      EVENT_STORE_URL: server!,
      NODE_ENV: 'production',
    })
    url = await urlOf(program)
  })
  afterAll(async () => {
    program.kill('SIGTERM')
    await program.ended
    await rm(folder, { recursive: true, force: true })
    await rm(build, { recursive: true, force: true })
  })

  /** Every so manieth callback is looked for in the history: from its acknowledgement to the answer that shows it. */
  const lookEvery = 50
  const visibleAfter = async (roomId: string, position: string): Promise<number> => {
    const acknowledged = performance.now()
    const path = `/v1/rooms/${roomId}/history?order=desc&limit=1&minPosition=${position}`
    for (;;) {
      const { status } = await get(path)
      if (status === 200) break
      if (status !== 503) throw new Error(`the history of ${roomId} answered ${status}`)
    }
    return performance.now() - acknowledged
  }

  const get = async (path: string) => {
    const answer = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${secret}` } })
    return { status: answer.status, body: JSON.parse(await answer.text()) }
  }
  /** What one measurement leaves behind is not to weigh on the next. */
  const stillness = async (): Promise<void> => {
    for (;;) {
      const { items } = (await get('/v1/projections')).body
      if (items.every((projection: { caughtUp: boolean }) => projection.caughtUp)) return
      await new Promise((resolve) => setTimeout(resolve, 500))
    }
  }

  const throughService = async (connections: number) => {
    const vendor = openVendor(url, connections)
    const from = sent
    sent += perRun
    const looks: Promise<number>[] = []
    const cpu = cpuMsOf(program.pid)
    const { seconds, took } = await atOnce(from, sent, connections, async (n) => {
      const { roomId, body } = callbackOf(rooms, n, startedAt)
      const position = await vendor.send(body)
      if (n % lookEvery === 0) looks.push(visibleAfter(roomId, position))
    })
    const cpuMs = (cpuMsOf(program.pid) - cpu) / perRun
    const visible = (await Promise.all(looks)).toSorted((a, b) => a - b)
    await vendor.close()
    return { ...figures(seconds, took), cpuMs, visible }
  }

  /** The events as the service wrote them, appended anew to streams of their own. */
  const bare = async (callers: number, category: string) => {
    const client = EventStoreDBClient.connectionString(server!)
    const samples: Pick<JSONEventType, 'type' | 'data' | 'metadata'>[] = []
    for await (const { event } of client.readAll({ direction: BACKWARDS, fromPosition: END })) {
      if (event?.streamId.startsWith('room-'))
        samples.push({ type: event.type, data: event.data as JSONType, metadata: event.metadata as JSONType })
      if (samples.length === 1000) break
    }
    const mark = `${category}-bare${Date.now().toString(36)}`
    const cpu = cpuMsOf(process.pid)
    const { seconds, took } = await atOnce(0, perRun, callers, async (n) => {
      const { type, data, metadata } = samples[n % samples.length]!
      const event = jsonEvent<JSONEventType>({ type, data, metadata })
      await client.appendToStream(`${mark}-${n}`, event, { expectedRevision: NO_STREAM })
    })
    const cpuMs = (cpuMsOf(process.pid) - cpu) / perRun
    await client.dispose()
    return { ...figures(seconds, took), cpuMs }
  }

  const figures = (seconds: number, took: readonly number[]) => ({
    rate: perRun / seconds,
    p50: percentile(took, 0.5),
    p99: percentile(took, 0.99),
  })

  const show = ({ rate, p50, p99, cpuMs }: ReturnType<typeof figures> & { cpuMs: number }) =>
    `${rate.toFixed(0)}/s (p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, processor ${cpuMs.toFixed(2)} ms each)`
  const rounds = [32, 128, 32, 128]
  const service: Awaited<ReturnType<typeof throughService>>[] = []

  it('makes the rooms', async () => {
    // Rooms that are there, and code that is warm, before anything is measured.
    for (let n = 0; n < rooms; n += perRun) await throughService(128)
  })

  it.each(rounds)('through the service at %i connections', async (connections) => {
    await stillness()
    const measured = await throughService(connections)
    service.push(measured)
    console.log(
      `${connections} connections: service ${show(measured)}; history shows a callback ` +
        `after ${percentile(measured.visible, 0.5).toFixed(0)} ms (p99 ${percentile(measured.visible, 0.99).toFixed(0)} ms)`,
    )
    expect(percentile(measured.visible, 0.99)).toBeLessThan(1000)
  })

  it('as a share of the bare client', async () => {
    await stillness()
    program.kill('SIGTERM')
    await program.ended
    await bare(128, 'room')
    for (const [index, connections] of rounds.entries()) {
      const floor = await bare(connections, 'room')
      const aside = await bare(connections, 'aside')
      console.log(
        `${connections} connections: bare client ${show(floor)}, to other streams ${show(aside)}; ` +
          `ratio ${(service[index]!.rate / floor.rate).toFixed(2)}, to the other ${(service[index]!.rate / aside.rate).toFixed(2)}`,
      )
    }
  })
})
