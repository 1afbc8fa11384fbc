import { describe, expect, it } from 'vitest'
import {
  decideObservation,
  evolveRoom,
  foldRoom,
  type Fact,
  type NewEvent,
  type Observation,
  type RoomEvent,
  type RoomState,
} from '../src/index.js'
import { accepted, at, created, destroyed, fact as factOf, observed, ownerChanged, recorded, requested, updated } from './given.js'

/** Recorded as it happens: before the look. */
const fact = (event: Fact, ms: number): RoomEvent => factOf(event, ms, { recordedAt: at(ms) })

/** A look at the vendor, twenty seconds after the hour. */
const look = (more: Partial<Observation> & { ms?: number } = {}): Observation => {
  const { ms = 20_000, ...rest } = more
  return { roomId: 'r', exists: true, observedAt: at(ms), eventId: (name) => `${name} seen at ${ms}`, ...rest }
}
const gone = look({ exists: false })

const told = (events: readonly NewEvent[]) => events.map(({ event }) => event)
const decide = (events: readonly RoomEvent[], observation: Observation) => decideObservation(foldRoom(events), observation)

/** The state once a decision was recorded, one second later. */
const recordedIn = (events: readonly RoomEvent[], decided: readonly NewEvent[]): RoomState =>
  evolveRoom(
    foldRoom(events),
    decided.map(({ id, event, metadata }) => recorded(event, { ...metadata, recordedAt: at(21_000) }, { id })),
  )

const life = [fact(created('anna', { roomName: 'a', category: [1] }), 0)]

describe('a look at the vendor', () => {
  it.each([
    ['just as the ledger has it', look({ owner: 'anna', info: { roomName: 'a', category: [1] } })],
    ['without an owner or a field that is otherwise', look({ info: { roomName: 'a' } })],
    ['and nothing is said of it', look()],
  ])('given a room, when it is seen %s, then nothing is recorded', (_, observation) => {
    expect(decide(life, observation)).toEqual([])
  })

  it.each([
    ['that nobody knows', []],
    ['that is destroyed', [...life, fact(destroyed(), 5000)]],
  ])('given a room %s, when it is not there, then nothing is recorded', (_, events) => {
    expect(decide(events, gone)).toEqual([])
  })

  it('given a room, when owner and fields have changed, then the changes are recorded, and then the look', () => {
    const info = { roomName: 'b', category: [1], notice: 'n' }
    const decided = decide(life, look({ owner: 'ben', info }))
    expect(told(decided)).toEqual([updated({ roomName: 'b' }), ownerChanged('anna', 'ben'), observed(true, 'ben', info)])
    expect(decided.map(({ metadata }) => metadata)).toMatchObject(
      decided.map(({ id }) => ({
        occurredAt: at(20_000),
        timeSource: 'observed',
        source: 'reconciliation',
        actor: { kind: 'system', id: 'room-ledger' },
        $correlationId: id,
      })),
    )
    const after = recordedIn(life, decided)
    expect(after.life).toMatchObject({ owner: 'ben', info, life: 1 })
    expect(decideObservation(after, look({ owner: 'ben', info, ms: 30_000 }))).toEqual([])
  })

  it.each<[string, Pick<Observation, 'owner' | 'info'>]>([
    ['an owner', { owner: 'ben' }],
    ['a field', { info: { roomName: 'a', notice: 'n' } }],
    ['an owner and a field', { owner: 'ben', info: { notice: 'n' } }],
  ])('given a room of which nobody told %s, when it is seen, then the look alone tells: it is no change', (_, seen) => {
    const events = [fact(updated({ roomName: 'a' }), 0)]
    const decided = decide(events, look(seen))
    expect(told(decided)).toEqual([observed(true, seen.owner, seen.info)])
    const after = recordedIn(events, decided)
    expect(after.life).toMatchObject({ life: 1, status: 'active', ...seen })
    expect(decideObservation(after, look({ ...seen, ms: 30_000 }))).toEqual([])
  })

  it('given a room, when it is gone, then it is destroyed without a cause', () => {
    const decided = decide(life, gone)
    expect(told(decided)).toEqual([destroyed(null), observed(false)])
    expect(recordedIn(life, decided).life).toMatchObject({ status: 'destroyed', destroyCause: null, destroyedAt: at(20_000) })
  })

  it('given a room that nobody knows, when it is seen, then it is adopted', () => {
    const decided = decide([], look({ owner: 'anna', info: { roomName: 'a' } }))
    expect(told(decided)).toEqual([observed(true, 'anna', { roomName: 'a' })])
    expect(recordedIn([], decided).life).toMatchObject({ life: 1, origin: 'observed', owner: 'anna', createdAt: null, status: 'active' })
  })

  it('given a destroyed room, when it is seen to exist, then the look alone begins its next life', () => {
    const events = [...life, fact(destroyed(), 5000)]
    const decided = decide(events, look({ owner: 'ben', info: { roomName: 'b' } }))
    expect(told(decided)).toEqual([observed(true, 'ben', { roomName: 'b' })])
    expect(recordedIn(events, decided).life).toMatchObject({ life: 2, origin: 'observed', owner: 'ben', info: { roomName: 'b' } })
  })

  it('given that a look was recorded, when it is decided on again, then nothing is added', () => {
    const observation = look({ owner: 'ben' })
    expect(decideObservation(recordedIn(life, decide(life, observation)), observation)).toEqual([])
  })
})

describe('the last moment at which the old value was known', () => {
  const afters = (events: readonly RoomEvent[], observation: Observation) =>
    Object.fromEntries(decide(events, observation).map(({ event, metadata }) => [event.type, metadata.occurredAfter]))

  it('given a change of owner, then it is the last fact that told of the owner, not any later one', () => {
    const others = [fact(updated({ roomName: 'b' }), 4000), fact(observed(true, undefined, { roomName: 'b' }), 5000)]
    expect(afters([...life, ...others], look({ owner: 'ben' })).OwnerChanged).toBe(at(0))
    expect(afters([...life, fact(ownerChanged('anna', 'eva'), 3000), ...others], look({ owner: 'ben' })).OwnerChanged).toBe(at(3000))
    expect(afters([...life, fact(observed(true, 'anna'), 6000), ...others], look({ owner: 'ben' })).OwnerChanged).toBe(at(6000))
  })
  it('given a change of a field, then it is the last fact that carried this field', () => {
    const others = [fact(updated({ roomName: 'b' }), 4000), fact(ownerChanged('anna', 'ben'), 5000)]
    expect(afters([...life, ...others], look({ info: { category: [2] } })).RoomUpdated).toBe(at(0))
    expect(afters([...life, ...others], look({ info: { roomName: 'c' } })).RoomUpdated).toBe(at(4000))
  })
  it('given changes of several fields, then all of them were known at that moment', () => {
    const renamed = fact(updated({ roomName: 'b' }), 4000)
    expect(afters([...life, renamed], look({ info: { roomName: 'c', category: [2], notice: 'n' } })).RoomUpdated).toBe(at(0))
  })
  it('given that nothing was known of the room, then there is none', () => {
    expect(afters([], look())).toEqual({ RoomObserved: undefined })
  })
  it('given a room that is gone or there again, then it is the last fact of it, whichever', () => {
    const renamed = fact(updated({ roomName: 'b' }), 4000)
    expect(afters([...life, renamed], gone).RoomDestroyed).toBe(at(4000))
    expect(afters([...life, renamed, fact(destroyed(), 6000)], look()).RoomObserved).toBe(at(6000))
  })
})

describe('a look that an operation waits for', () => {
  const ask = (type: Parameters<typeof requested>[0], parameters: object): RoomEvent => requested(type, 'op', parameters, 1000)
  const settle = (events: readonly RoomEvent[], observation: Partial<Observation>) => {
    const decided = decide(events, look({ ...observation, operationId: 'op' }))
    const { operations, life: after } = recordedIn(events, decided)
    return { decided: decided.map(({ event, metadata }) => [event.type, metadata.operationId]), operation: operations[0]!, life: after }
  }

  it('given an update of what no callback carries, when it is seen, then that change and the look carry the operation', () => {
    const noticed = fact(observed(true, 'anna', { notice: 'before' }), 500)
    const { decided, operation } = settle([...life, noticed, ask('RoomUpdateRequested', { notice: 'n' }), accepted('op')], {
      owner: 'ben',
      info: { notice: 'n', roomName: 'a' },
    })
    expect(decided).toEqual([
      ['RoomUpdated', 'op'],
      ['OwnerChanged', undefined],
      ['RoomObserved', 'op'],
    ])
    expect(operation).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation', attribution: 'unique' } })
    expect(operation.confirmation).not.toHaveProperty('unverified')
  })

  it('given an update that changes nothing, when the room is as asked, then the look alone confirms it', () => {
    const { decided, operation } = settle([...life, ask('RoomUpdateRequested', { roomName: 'a' })], { info: { roomName: 'a' } })
    expect(decided).toEqual([['RoomObserved', 'op']])
    expect(operation).toMatchObject({ status: 'confirmed', seen: ['roomName'] })
  })

  it('given an accepted update, when the answer lacks a field, then it is named as unverified', () => {
    const { operation } = settle([...life, ask('RoomUpdateRequested', { roomName: 'a', notice: 'n' })], { info: { roomName: 'a' } })
    expect(operation).toMatchObject({ status: 'confirmed', confirmation: { unverified: ['notice'] } })
  })

  it('given a change of owner, when the new owner is seen, then the change itself confirms it', () => {
    const { decided, operation } = settle([...life, ask('OwnerChangeRequested', { newOwner: 'ben' })], { owner: 'ben' })
    expect(decided).toEqual([
      ['OwnerChanged', 'op'],
      ['RoomObserved', 'op'],
    ])
    expect(operation).toMatchObject({ status: 'confirmed', confirmation: { eventId: 'OwnerChanged seen at 20000' } })
  })

  it('given an accepted change of owner, when the room is gone, then its end is not laid on that operation', () => {
    const { decided, operation } = settle([...life, ask('OwnerChangeRequested', { newOwner: 'ben' }), accepted('op')], { exists: false })
    expect(decided).toEqual([
      ['RoomDestroyed', undefined],
      ['RoomObserved', 'op'],
    ])
    expect(operation).toMatchObject({ status: 'confirmed', seen: [], confirmation: { unverified: ['newOwner'] } })
  })

  it('given a create, when the room is seen for the first time, then it is adopted and the operation confirmed', () => {
    const { operation, life: after } = settle([ask('RoomCreationRequested', { owner: 'anna', roomName: 'a' })], {
      owner: 'anna',
      info: { roomName: 'a' },
    })
    expect([operation.status, after]).toEqual(['confirmed', expect.objectContaining({ origin: 'observed', owner: 'anna' })])
    expect(operation.confirmation).not.toHaveProperty('unverified')
  })

  it.each([
    ['that was there', life, ['RoomDestroyed', 'RoomObserved']],
    ['that nobody knows', [], ['RoomObserved']],
  ])('given a destroy of a room %s, when it is gone, then it is confirmed', (_, events, types) => {
    const { decided, operation } = settle([...events, ask('RoomDestructionRequested', {})], { exists: false })
    expect(decided).toEqual(types.map((type) => [type, 'op']))
    expect(operation).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
    expect(operation.confirmation).not.toHaveProperty('unverified')
  })
})
