import { setTimeout as delay } from 'node:timers/promises'
import type { RecordedEvent } from '#event-store'
import { isDeepStrictEqual } from 'node:util'
import { readLogOf } from '../test-store.js'
import type { Asked, Clients } from './clients.js'
import type { Field } from './field.js'
import { judge } from './judge.js'

export interface Aftermath {
  readonly violations: readonly string[]
  readonly figures: Readonly<Record<string, number>>
}

export interface AftermathOptions {
  readonly eventStoreUrl: string
  /** For all of it together. */
  readonly patienceMs?: number
  /** Callbacks were lost of which nobody here knows: the vendor is asked about every room. */
  readonly reconcileAll?: boolean
}

type Row = Readonly<Record<string, unknown>>

/** Waits until everything has ended, and tells what is not as was promised. */
export const aftermathOf = async (
  field: Field,
  clients: Clients,
  asked: readonly Asked[],
  { eventStoreUrl, patienceMs = 120_000, reconcileAll = false }: AftermathOptions,
): Promise<Aftermath> => {
  const violations: string[] = []
  const deadline = Date.now() + patienceMs
  const until = async <T>(what: string, ask: () => Promise<T>, pleases: (answer: T) => boolean): Promise<void> => {
    for (; ; await delay(100)) {
      const answer = await ask().catch((error: unknown) => String(error) as T)
      if (typeof answer !== 'string' && pleases(answer)) return
      if (Date.now() < deadline) continue
      return void violations.push(`${what} is not so in time: ${JSON.stringify(answer)?.slice(0, 500)}`)
    }
  }

  await field.sandbox.idle()
  await until('no callback is under way', async () => field.callbacks.idle(), Boolean)
  const ended: Record<string, number> = { confirmed: 0, rejected: 0 }
  const operations = new Set(asked.flatMap(({ operationId }) => operationId ?? []))
  // Of some their clients never heard: the line was cut, and there was no key to ask again with.
  for (const { type, data } of await readLogOf(eventStoreUrl, `room-${field.run}`))
    if (type.endsWith('Requested')) operations.add(String(data['operationId']))
  for (const operationId of operations) {
    let status = ''
    const ask = async () => (status = String((await clients.get(`/v1/operations/${operationId}`)).body.status))
    await until(
      `operation ${operationId} has ended`,
      async () => ({ status: await ask() }),
      (one) => one.status in ended,
    )
    if (status in ended) ended[status]! += 1
  }

  const truth = await truthOf(field)
  // What reached nobody the ledger cannot know, nor can it know that: an operator asks the vendor about such rooms.
  const lost = new Set([...unheard(field), ...(reconcileAll ? truth.keys() : [])])
  for (const roomId of lost)
    await until(
      `${roomId} is reconciled`,
      () => clients.reconcile(roomId),
      (status) => status < 300 || status === 404,
    )
  for (const [roomId, room] of truth)
    await until(
      `${roomId} is what the vendor has`,
      async () => differences((await clients.get(`/v1/rooms/${roomId}`)).body, room, lost.has(roomId)),
      (found) => found.length === 0,
    )

  const log = await readLogOf(eventStoreUrl, `room-${field.run}`)
  for (const [roomId, ids] of factsOf(log))
    await until(
      `the history of ${roomId} has each fact once`,
      () => historyOf(clients, roomId),
      (entries) => isDeepStrictEqual(entries, ids),
    )
  violations.push(...judge({ log, asked, callbacks: field.callbacks.exchanges, vendorCalls: field.vendorCalls.exchanges }))
  const statuses = asked.flatMap((one) => one.statuses)
  return {
    violations,
    figures: {
      commands: asked.length,
      'of them sent again': asked.filter((one) => one.statuses.length > 1).length,
      'answers 503': statuses.filter((status) => status === 503).length,
      'lines cut': statuses.filter((status) => status === 0).length,
      ...ended,
      'callbacks sent': field.callbacks.exchanges.length,
      'callbacks acknowledged': field.callbacks.exchanges.filter(({ status }) => status === 200).length,
      'callbacks answered 503': field.callbacks.exchanges.filter(({ status }) => status === 503).length,
      'rooms with a callback that reached nobody': lost.size,
      'vendor calls': field.vendorCalls.exchanges.length,
      rooms: factsOf(log).size,
      events: log.length,
    },
  }
}

/** The run's rooms as the vendor has them, each in its latest life. */
export const truthOf = async ({ sandbox, run }: Field): Promise<Map<string, Row>> => {
  const { items } = (await (await fetch(`${sandbox.url}/_sandbox/rooms`)).json()) as { items: Row[] }
  const ofRun = items.filter(({ roomId }) => String(roomId).startsWith(run)).toSorted((a, b) => Number(a['life']) - Number(b['life']))
  return new Map(ofRun.map((room) => [String(room['roomId']), room]))
}

/**
 * Where the ledger says something else of a room than the vendor; it may know less.
 * @param unheard a callback reached nobody: how the room was at its end cannot be asked any more once it is destroyed.
 */
const differences = (ledger: Row, vendor: Row, unheard: boolean): unknown[] => {
  const info = vendor['info'] as Row
  const known = Object.entries((ledger['info'] ?? {}) as Row).filter(([name]) => name !== 'roomType')
  const askable = !(unheard && vendor['status'] === 'destroyed')
  const compared: readonly (readonly [string, unknown, unknown])[] = [
    ['status', ledger['status'], vendor['status']],
    ['pendingOperations', ledger['pendingOperations'], []],
    ...(askable ? [['owner', ledger['owner'], vendor['owner']] as const] : []),
    ...(askable ? known.map(([name, value]) => [name, value, info[name]] as const) : []),
  ]
  return compared.filter(([, here, there]) => !isDeepStrictEqual(here, there))
}

const roomIdOf = (body: string): string | undefined => /"RoomId":"([^"]+)"/.exec(body)?.[1]

/** Rooms of which a callback was never acknowledged. */
const unheard = ({ callbacks }: Field): Set<string> => {
  const heard = new Set(callbacks.exchanges.filter(({ status }) => status === 200).map(({ body }) => body))
  return new Set(callbacks.exchanges.flatMap(({ body }) => (heard.has(body) ? [] : (roomIdOf(body) ?? []))))
}

/** Ids of the facts of each room, in recorded order. */
const factsOf = (log: readonly RecordedEvent[]): Map<string, string[]> => {
  const rooms = new Map<string, string[]>()
  for (const { id, type, data } of log) {
    if (type.startsWith('Request') || type.endsWith('Requested')) continue
    const roomId = String(data['roomId'])
    rooms.set(roomId, [...(rooms.get(roomId) ?? []), id])
  }
  return rooms
}

const historyOf = async ({ get }: Clients, roomId: string): Promise<string[]> => {
  const ids: string[] = []
  for (let cursor = ''; ;) {
    const { body } = await get(`/v1/rooms/${roomId}/history?limit=500${cursor}`)
    ids.push(...body.items.map(({ eventId }: { eventId: string }) => eventId))
    if (body.nextCursor === null) return ids
    cursor = `&cursor=${body.nextCursor}`
  }
}
