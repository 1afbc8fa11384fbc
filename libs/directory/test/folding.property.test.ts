import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EventStore, EventToAppend } from '#event-store'
import {
  foldRoom,
  isOpen,
  isUnexplained,
  openOperations,
  readOwnerTrail,
  statisticsOf,
  type Operation,
  type OwnerTrailEntry,
  type RoomState,
} from '#room'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { openDirectory, toRoomEvent, type Directory } from '../src/index.js'
import { caughtUp, everyPage, folderForTest, itemsOf } from './support/open.js'
import * as tell from './support/room-events.js'

const rooms = ['r1', 'r2', 'r3']
const accounts = ['anna', 'berta', 'carla']
const operationIds = ['op-1', 'op-2', 'op-3']

const roomId = fc.constantFrom(...rooms)
const account = fc.constantFrom(...accounts)
const maybeAccount = fc.option(account, { nil: undefined })
const info = fc.record({ roomName: fc.constantFrom('a', 'b'), category: fc.subarray([1, 2]) }, { requiredKeys: [] })
const operation = fc.constantFrom(...operationIds)

type Told = ReturnType<typeof tell.created> | ReturnType<typeof tell.accepted> | ReturnType<typeof tell.updateRequested>
const told = fc.oneof<fc.Arbitrary<[string, Told]>[]>(
  fc.tuple(roomId, maybeAccount, info).map(([id, owner, fields]) => [id, tell.created(id, owner, fields)]),
  fc.tuple(roomId, info).map(([id, fields]) => [id, tell.updated(id, fields)]),
  fc.tuple(roomId, maybeAccount, account).map(([id, from, to]) => [id, tell.ownerChanged(id, from, to)]),
  fc.tuple(roomId, fc.constantFrom('Destroy', null)).map(([id, cause]) => [id, tell.destroyed(id, cause)]),
  fc.tuple(roomId, account).map(([id, owner]) => [id, tell.observed(id, owner)]),
  roomId.map((id) => [id, { type: 'RoomObserved', data: { roomId: id, exists: false } }]),
  roomId.map((id) => [id, { type: 'RoomMetadataSet', data: { roomId: id, entries: { k: 'v' } } }]),
  // An operation belongs to one room, as its id is given out once.
  operation.map((id) => [roomOf(id), tell.updateRequested(roomOf(id), `${roomOf(id)}-${id}`, { roomName: 'a' })]),
  operation.map((id) => [roomOf(id), tell.accepted(`${roomOf(id)}-${id}`)]),
  operation.map((id) => [roomOf(id), tell.rejected(`${roomOf(id)}-${id}`)]),
)
const roomOf = (operationId: string): string => rooms[operationIds.indexOf(operationId)]!

const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('tell' as const), told, second: fc.nat(12), loose: fc.boolean(), mine: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('wait', 'restart', 'crash', 'rebuild') }) },
)

const eventOf = ([, event]: [string, Told], second: number, n: number, loose: boolean, operationId: string | undefined): EventToAppend =>
  tell.roomEvent(event, second, {
    id: tell.idOf(String(n)),
    recordedAt: tell.at(100 + n),
    timeSource: loose && event.type === 'RoomCreated' ? 'createTime' : 'eventTime',
    ...(operationId !== undefined && { operationId }),
  })

/** What the index must show of a room, worked out from the whole stream at once. */
const byHand = async (store: EventStore): Promise<Map<string, RoomState>> => {
  const states = new Map<string, RoomState>()
  for (const id of rooms) {
    const events = []
    for await (const event of store.readStream(`room-${id}`)) events.push(toRoomEvent(event))
    states.set(id, foldRoom(events))
  }
  return states
}

const rowOf = (id: string, state: RoomState): object => {
  const { destroyedBy: _, statistics: __, ...life } = state.life!
  const pendingOperations = openOperations(state).map(({ operationId, kind, status, requestedAt }) => ({
    operationId,
    kind,
    status,
    requestedAt,
  }))
  return { roomId: id, ...life, ...statisticsOf(state.life!, state.operations), revision: state.factRevision, pendingOperations }
}

const intervalsOf = (owner: string, id: string, { sorted }: RoomState): unknown[] => {
  const entries = sorted.map(({ id: eventId, type, revision, data, metadata }) => ({
    ...metadata,
    ...data,
    eventId,
    type,
    revision,
    to: 'to' in data ? data.to : type !== 'RoomDestroyed' && 'owner' in data ? data.owner : undefined,
  })) as unknown as OwnerTrailEntry[]
  return readOwnerTrail(entries).items.flatMap(({ from, to, life, since, until, link, source }) => [
    ...(to === owner ? [[id, life, since, until]] : []),
    ...(from === owner && link !== 'continuous' && source === 'callback' ? [[id, life, null, until === undefined ? null : since]] : []),
  ])
}

const expectAsFolded = async (directory: Directory, store: EventStore): Promise<void> => {
  const states = await byHand(store)
  const known = [...states].filter(([, state]) => state.life)
  expect(everyPage((cursor) => directory.listRooms({ limit: 2, sort: 'roomId', ...(cursor && { cursor }) }))).toEqual(
    known.map(([id, state]) => rowOf(id, state)),
  )
  for (const owner of accounts) {
    const theirs = known.filter(([, { life }]) => life?.owner === owner).map(([id]) => id)
    expect(itemsOf(directory.listRooms({ limit: 9, sort: 'roomId', owner })).map((room) => room.roomId)).toEqual(theirs)
    const owned = itemsOf(directory.ownerships(owner, { limit: 500 })).map(({ roomId: id, life, since, until }) => [id, life, since, until])
    expect(owned.toSorted(byText)).toEqual([...states].flatMap(([id, state]) => intervalsOf(owner, id, state)).toSorted(byText))
  }
  const operations = [...states.values()].flatMap((state) => state.operations).toSorted(youngestFirst)
  expect(itemsOf(directory.listOperations({ limit: 500 }))).toEqual(operations)
  expect(directory.openOperations({ limit: 500 })).toEqual(operations.filter(isOpen).toReversed())
  expect(directory.roomsToAskAbout({ limit: 500 })).toEqual(
    [...states].flatMap(([id, state]) => (isUnexplained(state) ? [id] : [])).toSorted(),
  )
}
const byText = (a: unknown, b: unknown): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
const youngestFirst = (a: Operation, b: Operation): number =>
  `${b.requestedAt}${b.operationId}` < `${a.requestedAt}${a.operationId}` ? -1 : 1

describe('the index of any log', () => {
  it(
    'given any streams, batches, restarts, crashes and rebuilds, when caught up, then the rows are those folded by hand',
    { timeout: 180_000 },
    async () => {
      const folder = folderForTest()
      let files = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 40 }),
          fc.integer({ min: 1, max: 6 }),
          fc.constantFrom(1, 6, 1000),
          async (steps, batchSize, cacheSize) => {
            const store = createMemoryStore()
            const problems: string[] = []
            const log = (message: string): void => void problems.push(message)
            let file = join(folder, `${(files += 1)}.db`)
            const open = async (): Promise<Directory> => {
              const opened = await openDirectory({ file, store, batchSize, cacheSize, log })
              await opened.start()
              return opened
            }
            let directory = await open()
            try {
              const asked = new Set<string>()
              for (const [n, next] of steps.entries()) {
                if (next.kind === 'tell' && 'told' in next) {
                  const [id, event] = next.told
                  const operationId = 'operationId' in event.data ? event.data.operationId : undefined
                  if (event.type === 'RoomUpdateRequested' && asked.has(operationId!)) continue
                  if (operationId !== undefined) asked.add(operationId)
                  const confirms = operationId === undefined && next.mine ? `${id}-op-${rooms.indexOf(id) + 1}` : undefined
                  await tell.record(store, id, eventOf(next.told, next.second, n, next.loose, confirms))
                } else if (next.kind === 'wait') await caughtUp(directory)
                else if (next.kind === 'rebuild') await directory.rebuild()
                else {
                  const crashed = join(folder, `${(files += 1)}.db`)
                  // What a process that was killed now would have left behind.
                  if (next.kind === 'crash')
                    for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, crashed + end)
                  await directory.stop()
                  if (next.kind === 'crash') file = crashed
                  directory = await open()
                }
              }
              await caughtUp(directory)
              await expectAsFolded(directory, store)
              expect(problems).toEqual([])
            } finally {
              await directory.stop()
              await store.close()
            }
          },
        ),
        { numRuns: 1000 },
      )
    },
  )
})
