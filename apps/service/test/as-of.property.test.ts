import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { trailEntry } from '../../../libs/room/test/given.js'
import { referenceFold, referenceOwners } from '../../../libs/room/test/reference-model.js'
import { openDirectory, type Directory } from '#directory'
import type { EventStore, JsonObject } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import { Problem } from '#platform'
import { createEmbeddedProjections, projectionDefinitions, type EmbeddedProjections } from '#projections'
import { foldRoom, isFact, readOwnerTrail, type RoomEvent, type Standpoint } from '#room'
import { presentRoom } from '../src/ledger/present.js'
import { createRoomLedger, type RoomLedger } from '../src/ledger/room-ledger.js'
import { FindRoomHandler } from '../src/queries/handlers/find-room.handler.js'
import { ListOwnershipsHandler } from '../src/queries/handlers/list-ownerships.handler.js'
import { ReadOwnersHandler } from '../src/queries/handlers/read-owners.handler.js'
import { ReadRoomHistoryHandler } from '../src/queries/handlers/read-room-history.handler.js'
import { randomLedgers, type Ledger } from './random-ledgers.js'
import { FindRoom, ListOwnerships, ReadOwners, ReadRoomHistory } from '../src/queries/queries.js'

describe('what is seen from another time', () => {
  const seed = Date.now() % 2 ** 31
  const all = randomLedgers(1000, seed)
  const fresh = async () => undefined
  let folder: string
  let store: EventStore
  let directory: Directory
  let projections: EmbeddedProjections
  let ledger: RoomLedger

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-as-of-'))
    store = await openSqliteEventStore(join(folder, 'store.db'))
    const append = ({ roomId, events }: Ledger) =>
      store.append(
        `room-${roomId}`,
        events.map(({ id, type, data, metadata }) => ({
          id,
          type,
          data: data as unknown as JsonObject,
          metadata: metadata as unknown as JsonObject,
        })),
        'noStream',
      )
    const results = await Promise.all(all.filter(({ events }) => events.length > 0).map(append))
    if (results.some(({ ok }) => !ok)) throw new Error('the ledgers could not be written')
    directory = await openDirectory({ store, file: join(folder, 'directory.db') })
    projections = createEmbeddedProjections({ store, file: join(folder, 'projections.db'), definitions: projectionDefinitions })
    ledger = createRoomLedger(store, { sdkAppId: 1, now: () => new Date().toISOString() })
    await Promise.all([directory.start(), projections.start()])
    await directory.catchUp(60_000)
    await projections.waitFor(await store.head(), 60_000)
  }, 120_000)
  afterAll(async () => {
    await Promise.all([directory.stop(), projections.stop()])
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** The type of the problem instead of an answer. */
  const asked = <T>(answer: Promise<T>): Promise<T | string> =>
    answer.catch((thrown: unknown) => {
      if (thrown instanceof Problem) return thrown.parts.type
      throw thrown
    })
  const seen = ({ events, standpoint: { at: T = '9', knownAt: K = '9' } }: Ledger): RoomEvent[] =>
    events.filter(({ metadata }) => metadata.occurredAt <= T && metadata.recordedAt <= K)
  const nothing = ({ events }: Ledger): string => (foldRoom(events).life ? 'room-not-known-at' : 'not-found')
  const check = async (expectOf: (one: Ledger) => Promise<void>) => {
    for (const one of all)
      await expectOf(one).catch((error: unknown) => {
        throw new Error(`seed ${seed}, ${one.roomId} from ${JSON.stringify(one.standpoint)}:\n${JSON.stringify(one.events)}`, {
          cause: error,
        })
      })
  }

  it('given 1,000 ledgers, when a room is asked for, then it is what the events seen lead to when no others are there', async () => {
    const rooms = new FindRoomHandler(ledger, fresh)
    await check(async (one) => {
      const answer = await asked(rooms.execute(new FindRoom(one.roomId, one.standpoint)))
      const expected = presentRoom(one.roomId, foldRoom(seen(one)))
      expect(answer).toEqual(expected ?? nothing(one))
      const { life, status, origin, owner, destroyCause, info } = Object(answer)
      const { cause, metadata: _metadata, admins: _admins, ...reference } = { cause: undefined, ...referenceFold(seen(one).filter(isFact)) }
      expect({ life, status, origin, owner, info, destroyCause }).toEqual({ ...reference, destroyCause: cause })
    })
  })

  it('given 1,000 ledgers, when the owners are asked for, then the trail is that of the facts seen when no others are there', async () => {
    const owners = new ReadOwnersHandler(projections, ledger, fresh)
    await check(async (one) => {
      const answer = await asked(owners.execute(new ReadOwners(one.roomId, one.standpoint)))
      const visible = seen(one).filter(isFact)
      const { items, continuous, gaps } = readOwnerTrail(visible.map(trailEntry))
      const whole = { continuous, gaps, items: items.map(({ revision: _revision, ...item }) => item) }
      expect({ answer }).toMatchObject({ answer: visible.length === 0 ? nothing(one) : whole })
      const chain = items.map(({ life, to, since, until }) => ({ life, to, since, until }))
      expect(chain).toEqual(referenceOwners(visible).chain)
    })
  })

  it('given 1,000 ledgers, when a history is asked for, then it has the entries of the events seen, as they were written', async () => {
    const histories = new ReadRoomHistoryHandler(projections, store, ledger, fresh)
    const readAll = async (roomId: string, params: object) => {
      const items: object[] = []
      let cursor: string | null = null
      do {
        const page: { items: readonly object[]; nextCursor: string | null } = await histories.execute(
          new ReadRoomHistory(roomId, { limit: 4, include: 'operations', ...params, ...(cursor !== null && { cursor }) }),
        )
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null)
      return items as { eventId: string }[]
    }
    await check(async (one) => {
      const visible = new Set(seen(one).map(({ id }) => id))
      const answer = await asked(readAll(one.roomId, one.standpoint))
      const written = one.events.length === 0 ? [] : await readAll(one.roomId, {})
      const expected = written.filter(({ eventId }) => visible.has(eventId))
      expect(expected).toHaveLength(visible.size)
      expect(answer).toEqual(visible.size === 0 ? nothing(one) : expected)
    })
  })

  it('given 1,000 ledgers, when ownerships are asked for, then they are those of the facts seen, and with a time those that hold then', async () => {
    const ownerships = new ListOwnershipsHandler(directory, ledger, fresh)
    const readAll = async (account: string, params: Standpoint) => {
      const items: object[] = []
      let cursor: string | null = null
      do {
        const page: { items: readonly object[]; nextCursor: string | null } = await ownerships.execute(
          new ListOwnerships(account, { limit: 3, ...params, ...(cursor !== null && { cursor }) } as ListOwnerships['params']),
        )
        items.push(...page.items)
        cursor = page.nextCursor
      } while (cursor !== null)
      return items as { roomId: string; life: number; since: string | null; until: string | null }[]
    }
    await check(async ({ group, standpoint, roomId }) => {
      const account = `${['anna', 'ben', 'carla'][Number(roomId.slice(-1)) % 3]}-${group}`
      const answer = (await readAll(account, standpoint)).map(({ roomId: room, life, since, until }) => ({ room, life, since, until }))
      const expected = all
        .filter((other) => other.group === group)
        .flatMap((other) => {
          const { chain, unseen } = referenceOwners(seen({ ...other, standpoint }).filter(isFact))
          return [...chain, ...unseen]
            .filter(({ to, until }) => to === account && (standpoint.at === undefined || until === null))
            .map(({ life, since, until }) => ({ room: other.roomId, life, since, until }))
        })
      const inOrder = (items: readonly object[]) => items.map((item) => JSON.stringify(item)).toSorted()
      expect(inOrder(answer)).toEqual(inOrder(expected))
      expect(answer.map(({ room }) => room)).toEqual(answer.map(({ room }) => room).toSorted())
    })
  })
})
