import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock, createTurns } from '#event-store'
import type { LiveEngine } from '#live-engine'
import { decideObservation, decideRequest, type RecordedFact } from '#room'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { eventually } from '../../../test/support/eventually.js'
import { createRoomLedger } from '../src/ledger/room-ledger.js'
import { createDrift, type DriftParts } from '../src/settlement/drift.js'

type Answer = Awaited<ReturnType<LiveEngine['getRoomInfo']>>
const ownedBy =
  (owner: string) =>
  (roomId: string): Answer => ({ outcome: 'ok', vendor: {}, room: { roomId, owner, info: {} } })
const away = (): Answer => ({ outcome: 'unknown', cause: 'timeout' })
const refused = (errorCode: number) => (): Answer => ({ outcome: 'refused', vendor: { errorCode } })

const names = (count: number): string[] => Array.from({ length: count }, (_, n) => `room-${String(n).padStart(3, '0')}`)

/** A walk over rooms that anna owns, as far as the ledger knows; pages hold two rooms. */
const given = async (roomIds: readonly string[], more: Partial<DriftParts> = {}, store = createMemoryStore()) => {
  const now = createClock().timestamp
  const ledger = createRoomLedger(store, { sdkAppId: 1, now })
  for (const roomId of roomIds) {
    const seen = { roomId, exists: true, owner: 'anna', observedAt: now(), eventId: (name: string) => `${roomId} ${name}` }
    await ledger.record(roomId, (state) => decideObservation(state, seen))
  }
  const vendor = { says: ownedBy('anna') as (roomId: string) => Answer | Promise<Answer> }
  const asked: string[] = []
  const errors: unknown[] = []
  const found: (readonly [string, readonly RecordedFact[]])[] = []
  const drift = createDrift({
    ledger,
    now,
    inTurn: createTurns().inTurn,
    rate: 200,
    pauses: { first: 20, longest: 40, round: 0 },
    live: {
      getRoomInfo: async ({ roomId }: { roomId: string }) => {
        asked.push(roomId)
        return vendor.says(roomId)
      },
    } as LiveEngine,
    activeRooms: (after) => roomIds.filter((roomId) => after === undefined || roomId > after).slice(0, 2),
    anyActiveRoom: () => undefined,
    isTaken: () => false,
    quietMs: 0,
    onFound: (roomId, facts) => void found.push([roomId, facts]),
    onError: (error) => void errors.push(error),
    ...more,
  })
  onTestFinished(() => drift.stop())
  return { drift, ledger, vendor, asked, errors, found }
}
const countsOf = (asked: readonly string[]) => Object.values(Object.groupBy(asked, (roomId) => roomId)).map((looks) => looks!.length)

describe('the walk for drift', () => {
  it('given rooms on several pages, when it walks, then all have their turn before one has a second, round after round', async () => {
    const { drift, asked } = await given(names(5))
    drift.start()
    await eventually(() => asked.length >= 15)
    expect(asked.slice(0, 15)).toEqual([...names(5), ...names(5), ...names(5)])
    expect(drift.lastRoundMs()).toBeGreaterThan(0)
  })

  it('given a room by chance to begin with, then it goes on behind that one, and comes by the others all the same', async () => {
    const { drift, asked } = await given(names(5), { anyActiveRoom: () => 'room-002' })
    drift.start()
    await eventually(() => asked.length >= 7)
    expect(asked.slice(0, 7)).toEqual([...names(5).slice(3), ...names(5)])
  })

  it('given rooms that are as known, when it walks on and on, then nothing is written', async () => {
    const { drift, asked, ledger, found } = await given(names(3))
    drift.start()
    await eventually(() => asked.length >= 9)
    for (const roomId of names(3)) expect((await ledger.load(roomId)).sorted).toHaveLength(1)
    expect(found).toEqual([])
  })

  it('given another owner and a room that is gone, then both are facts of reconciliation with the time in which they happened', async () => {
    const { drift, vendor, ledger, found } = await given(['given', 'gone', 'same'])
    vendor.says = (roomId) => (roomId === 'gone' ? refused(100004)() : ownedBy(roomId === 'given' ? 'ben' : 'anna')(roomId))
    drift.start()
    const gone = await eventually(
      () => ledger.load('gone'),
      ({ life }) => life?.status === 'destroyed',
    )
    const observed = { source: 'reconciliation', timeSource: 'observed', occurredAfter: gone.sorted[0]!.metadata.occurredAt }
    expect(gone.sorted.at(-1)).toMatchObject({ type: 'RoomDestroyed', data: { cause: null }, metadata: observed })
    const moved = await eventually(
      () => ledger.load('given'),
      ({ sorted }) => sorted.length === 3,
    )
    expect(moved.sorted).toMatchObject([
      { type: 'RoomObserved' },
      { type: 'OwnerChanged', data: { from: 'anna', to: 'ben' }, metadata: { source: 'reconciliation', timeSource: 'observed' } },
      { type: 'RoomObserved' },
    ])
    expect(found.map(([roomId]) => roomId).toSorted()).toEqual(['given', 'gone'])
  })

  it('given fields that no callback told of, then empty ones are no news, and any other is recorded with all that was seen', async () => {
    const { drift, vendor, asked, ledger } = await given(['one'])
    vendor.says = (roomId) => ({
      outcome: 'ok',
      vendor: {},
      room: { roomId, owner: 'anna', info: { notice: '', activityStatus: 0, category: [] } },
    })
    drift.start()
    await eventually(() => asked.length >= 3)
    expect((await ledger.load('one')).sorted).toHaveLength(1)
    vendor.says = (roomId) => ({
      outcome: 'ok',
      vendor: {},
      room: { roomId, owner: 'anna', info: { notice: 'On air', activityStatus: 0 } },
    })
    const told = await eventually(
      () => ledger.load('one'),
      ({ sorted }) => sorted.length > 1,
    )
    expect(told.sorted.at(-1)).toMatchObject({ type: 'RoomObserved', data: { info: { notice: 'On air', activityStatus: 0 } } })
    // From then on it is known, and that it is taken back is news.
    vendor.says = (roomId) => ({ outcome: 'ok', vendor: {}, room: { roomId, owner: 'anna', info: { notice: '', activityStatus: 0 } } })
    await eventually(async () => (await ledger.load('one')).life?.info.notice === '')
  })

  it('given two instances on one store that find the same, then it stands there once', async () => {
    const store = createMemoryStore()
    const one = await given(names(6), {}, store)
    const other = await given([], { activeRooms: (after) => names(6).filter((id) => after === undefined || id > after) }, store)
    for (const { vendor, drift } of [one, other]) {
      vendor.says = async (roomId) => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        return roomId === 'room-003' ? refused(100004)() : ownedBy('ben')(roomId)
      }
      drift.start()
    }
    await eventually(() => countsOf(one.asked).length === 6 && countsOf(other.asked).length === 6)
    await Promise.all([one.drift.stop(), other.drift.stop()])
    for (const roomId of names(6)) {
      const { sorted } = await one.ledger.load(roomId)
      expect(sorted.filter(({ type }) => type === 'OwnerChanged' || type === 'RoomDestroyed')).toHaveLength(1)
    }
  })

  it('given a room with an open operation and one that is being looked at, then both are left to others', async () => {
    const { drift, asked, ledger } = await given(['busy', 'free', 'taken'], { isTaken: (roomId) => roomId === 'taken' })
    const command = { operationId: 'op', requestId: 'id', kind: 'change-owner', roomId: 'busy', parameters: { newOwner: 'ben' } } as const
    await ledger.record('busy', (state) => {
      const decision = decideRequest(state, { ...command, requestedBy: { kind: 'apiKey', id: 'k' } })
      return decision.ok ? decision.events : []
    })
    drift.start()
    await eventually(() => asked.length >= 5)
    expect(new Set(asked)).toEqual(new Set(['free']))
  })

  it('given rooms that something was just told of, then they are left to their callbacks', async () => {
    let pages = 0
    const rooms = names(2)
    const activeRooms = (after?: string) => ((pages += 1), after === undefined ? rooms : [])
    const { drift, asked } = await given(rooms, { quietMs: 60_000, activeRooms })
    drift.start()
    await eventually(() => pages > 6)
    expect(asked).toEqual([])
  })

  it('given a vendor that is away, then it asks ever less often, and is back when the vendor is', async () => {
    const { drift, vendor, asked, ledger } = await given(names(4), { rate: 1000, pauses: { first: 50, longest: 100, round: 0 } })
    vendor.says = away
    drift.start()
    const began = performance.now()
    await eventually(() => asked.length >= 5)
    // At full pace the fifth look would come after some milliseconds; pauses are 50, then 100 each.
    expect(performance.now() - began).toBeGreaterThan(300)
    vendor.says = ownedBy('ben')
    await eventually(async () =>
      (await Promise.all(names(4).map((roomId) => ledger.load(roomId)))).every(({ life }) => life?.owner === 'ben'),
    )
  })

  it('given one room that the vendor refuses to show, then the others are looked at at the same pace', async () => {
    const { drift, vendor, asked } = await given(names(3), { pauses: { first: 60_000, longest: 60_000, round: 0 } })
    vendor.says = (roomId) => (roomId === 'room-001' ? refused(100006)() : ownedBy('anna')(roomId))
    drift.start()
    await eventually(() => asked.length >= 9)
    expect(countsOf(asked.slice(0, 9))).toEqual([3, 3, 3])
  })

  it('given a vendor that is slow, then looks of other rooms do not wait for it, up to a bound', async () => {
    const { drift, vendor, asked } = await given(names(40), { rate: 2000 })
    const answers: (() => void)[] = []
    vendor.says = (roomId) => new Promise((resolve) => void answers.push(() => resolve(ownedBy('anna')(roomId))))
    drift.start()
    await eventually(() => asked.length >= 16)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(asked).toHaveLength(16)
    vendor.says = ownedBy('anna')
    for (const answer of answers) answer()
  })

  it('given an index that cannot be read, then it is told, and the walk goes on later', async () => {
    let broken = true
    const { drift, asked, errors } = await given(['one'], {
      activeRooms: () => {
        if (broken) throw new Error('the index is damaged')
        return ['one']
      },
    })
    drift.start()
    await eventually(() => errors.length > 0)
    broken = false
    await eventually(() => asked.length > 0)
  })

  it('given the rate 0, or that it is stopped, then nobody is asked any more', async () => {
    const off = await given(names(3), { rate: 0 })
    off.drift.start()
    const { drift, asked } = await given(names(3))
    drift.start()
    await eventually(() => asked.length > 2)
    await drift.stop()
    const before = asked.length
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([asked.length, off.asked]).toEqual([before, []])
  })
})
