import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideObservation,
  foldRoom,
  readOwnerTrail,
  statisticsOf,
  type NewEvent,
  type RecordedFact,
  type RoomEvent,
} from '../src/index.js'
import { facts } from './arbitraries.js'
import { accepted, append, at, created, destroyed, fact, look, observed, operationOf, ownerChanged } from './given.js'
import { recorded, requested, trailEntry, updated } from './given.js'

const told = (events: readonly NewEvent[]) => events.map(({ event }) => event)
/** A fact of the vendor's time `ms`, that we recorded at `recordedMs` by our clock. */
const heard = (event: Parameters<typeof fact>[0], ms: number, recordedMs: number) => fact(event, ms, { recordedAt: at(recordedMs) })

const decide = (events: readonly RoomEvent[], observation: Parameters<typeof look>[0], askedMs: number) =>
  decideObservation(foldRoom(events), look(observation, askedMs))

describe('a callback that comes while the vendor is being asked', () => {
  const room = heard(created('anna', { roomName: 'a', category: [1] }), 0, 100)
  const asked = 1000

  it.each([
    ['before it, as the answer already shows', 'ben', 'ben'],
    ['after it, as the answer does not yet show', 'anna', 'ben'],
    ['after another that no callback told', 'carla', 'ben'],
  ])('given a change of owner %s, then the look does not contradict it', (_, seen, now) => {
    const change = heard(ownerChanged('anna', 'ben'), 1050, 1090)
    expect(decide([room, change], { owner: seen }, asked)).toEqual([])
    expect(foldRoom([room, change]).life?.owner).toBe(now)
  })

  it('given an update of one field, then the look still tells of the others', () => {
    const update = heard(updated({ roomName: 'b' }), 1050, 1090)
    const decided = decide([room, update], { owner: 'ben', info: { roomName: 'a', category: [2] } }, asked)
    expect(told(decided).slice(0, 2)).toEqual([updated({ category: [2] }), ownerChanged('anna', 'ben')])
  })

  it.each([
    ['a create', [heard(created('anna'), 1050, 1090)], { exists: false }],
    ['a destroy', [room, heard(destroyed(), 1050, 1090)], { exists: true, owner: 'anna' }],
    ['a destroy and a create', [room, heard(destroyed(), 1040, 1080), heard(created('eva'), 1050, 1090)], { exists: true, owner: 'anna' }],
    ['another look', [room, heard(observed(true, 'anna'), 1050, 1090)], { exists: false }],
  ])('given %s, then the look is overtaken and leaves no trace', (_, events, answer) => {
    expect(decide(events, answer, asked)).toEqual([])
  })

  it('given an operation that waits for the look, then the look alone is recorded, as of when it was asked for', () => {
    const request = requested('OwnerChangeRequested', 'op', { newOwner: 'ben' }, 500)
    const events = [room, request, accepted('op', 600), heard(ownerChanged('ben', 'carla'), 1050, 1090)]
    const decided = decide(events, { owner: 'ben', operationId: 'op' }, asked)
    expect(told(decided)).toEqual([observed(true, 'ben')])
    const state = append(foldRoom(events), decided, 1100)
    expect(state.life?.owner).toBe('carla')
    expect(operationOf(state, 'op').status).toBe('confirmed')
  })
})

describe('a vendor whose clock is ahead of ours', () => {
  const ahead = 2000
  const room = heard(created('anna', { roomName: 'a' }), ahead, 10)

  it('given a look right after the create, then it counts after it and begins no life of its own', () => {
    const decided = decide([room], { owner: 'anna', info: { roomName: 'a', notice: 'n' } }, 100)
    expect(decided.map(({ metadata }) => metadata.occurredAt)).toEqual([at(ahead + 1)])
    expect(append(foldRoom([room]), decided, 200).life).toMatchObject({ life: 1, origin: 'created', info: { roomName: 'a', notice: 'n' } })
  })

  it('given a change that only the look showed, then it holds, though the vendor dated the one before later than we asked', () => {
    const change = heard(ownerChanged('anna', 'ben'), ahead + 50, 60)
    const state = foldRoom([room, change])
    const after = append(state, decideObservation(state, look({ owner: 'carla' }, 100)), 200)
    expect(after.life?.owner).toBe('carla')
    expect(decideObservation(after, look({ owner: 'carla' }, 300))).toEqual([])
  })

  it('given a room found gone right after its create, then it is gone', () => {
    const state = append(foldRoom([room]), decide([room], { exists: false }, 100), 200)
    expect(state.life).toMatchObject({ life: 1, status: 'destroyed', destroyCause: null })
  })

  it('given a fact of a time far beyond any difference of clocks, then the look keeps its own time', () => {
    const [event] = decide([heard(created('anna'), 3_600_000, 10)], { owner: 'ben' }, 100)
    expect(event?.metadata.occurredAt).toBe(at(100))
  })
})

describe('any look', () => {
  it('given any facts, when the vendor is asked after them, then the room is as seen, and the same look once more tells nothing new', () => {
    const answers = fc.oneof(
      fc.constant({ exists: false }),
      fc.record({
        exists: fc.constant(true),
        owner: fc.constantFrom('anna', 'ben'),
        info: fc.record({ roomName: fc.constantFrom('a', 'q') }),
      }),
    )
    fc.assert(
      fc.property(facts(), answers, fc.integer({ min: 0, max: 6000 }), (all, answer, asked) => {
        // In the very second of a create that is known only to the second, a destroy counts before it: the id was used again.
        fc.pre(asked >= 4000 || !all.some(({ metadata }) => metadata.timeSource === 'createTime'))
        const heardBefore = all.map((one): RecordedFact => ({ ...one, metadata: { ...one.metadata, recordedAt: at(-1) } }))
        const state = foldRoom(heardBefore)
        const after = append(state, decideObservation(state, look(answer, asked)), 7000)
        const { exists, ...said } = answer
        expect(after.life ?? { status: 'destroyed' }).toMatchObject({ status: exists ? 'active' : 'destroyed', ...said })
        expect(decideObservation(after, look(answer, 8000))).toEqual([])
        const changes = readOwnerTrail(after.sorted.map(trailEntry)).items.filter(({ source }) => source === 'reconciliation')
        expect(changes.filter(({ link }) => link === 'gap')).toEqual([])
      }),
      { numRuns: 2000 },
    )
  })
})

describe('statistics that only the answer to the destroy told', () => {
  const statistics = { totalViewers: 7 }
  const asked = [heard(created('anna'), 0, 10), requested('RoomDestructionRequested', 'op', {}, 20), accepted('op', 30, statistics)]
  const shown = (events: readonly RoomEvent[]) => {
    const { life, operations } = foldRoom(events)
    return statisticsOf(life!, operations)
  }
  const found = recorded(destroyed(null), { occurredAt: at(500), source: 'reconciliation', operationId: 'op' })

  it.each([
    ['before', 25],
    ['after', 600],
  ])('given a room found gone, when the callback comes late and tells of a time %s, then they are shown still', (_, ms) => {
    expect(shown([...asked, found])).toEqual({ statistics, statisticsSource: 'command' })
    expect(shown([...asked, found, heard(destroyed(), ms, 700)])).toEqual({ statistics, statisticsSource: 'command' })
  })

  it('given a destroy whose callback was not taken for ours, when a look settles the operation, then they are shown', () => {
    const gone = recorded(observed(false), { occurredAt: at(500), source: 'reconciliation', operationId: 'op' })
    expect(shown([...asked, heard(destroyed(), 25, 40), gone])).toEqual({ statistics, statisticsSource: 'command' })
    expect(foldRoom([...asked, heard(destroyed(), 25, 40), gone]).life?.updatedAt).toBe(at(25))
  })

  it('given a room id used again, then the next life does not show them', () => {
    expect(shown([...asked, found, heard(created('eva'), 800, 810)])).toEqual({ statistics: null, statisticsSource: null })
  })
})
