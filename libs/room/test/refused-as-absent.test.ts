import { describe, expect, it } from 'vitest'
import { decideObservation, foldRoom, isUnexplained, type RoomEvent } from '../src/index.js'
import { append, at, created, destroyed, fact, look, observed, ownerChanged, recorded, requested } from './given.js'

const rejected = (errorCode: number | undefined, ms = 1100): RoomEvent =>
  recorded(
    { type: 'RequestRejected', data: { operationId: 'op', vendor: { ...(errorCode !== undefined && { errorCode }) } } },
    { source: 'command', timeSource: 'received', recordedAt: at(ms), occurredAt: at(ms) },
  )
const asked = (): RoomEvent => requested('OwnerChangeRequested', 'op', { newOwner: 'ben' }, 1000)
const standing = (): RoomEvent => fact(created('anna'), 0)
const refused = (): RoomEvent[] => [standing(), asked(), rejected(100004)]

describe('a vendor that knows no such room, where the ledger has one', () => {
  it.each<[string, () => RoomEvent[], boolean]>([
    ['that refusal', refused, true],
    ['that refusal, and an owner told of later', () => [...refused(), fact(ownerChanged('anna', 'eva'), 2000)], true],
    ['that refusal, and a look that found it', () => [...refused(), fact(observed(true, 'anna'), 2000)], false],
    ['that refusal after a look', () => [standing(), fact(observed(true, 'anna'), 500), asked(), rejected(100004)], true],
    ['that refusal, and its end told of later', () => [...refused(), fact(destroyed(), 900)], false],
    ['that refusal, and a create that explains it', () => [...refused(), fact(created('eva'), 2000)], false],
    ['that refusal, and an older create that comes late', () => [asked(), rejected(100004), standing()], true],
    ['that refusal of a room that ended before', () => [standing(), fact(destroyed(), 500), asked(), rejected(100004)], false],
    ['that refusal of a room nobody knows', () => [asked(), rejected(100004)], false],
    ['another refusal', () => [standing(), asked(), rejected(100006)], false],
    ['a refusal without the word of the vendor', () => [standing(), asked(), rejected(undefined)], false],
    ['no answer yet', () => [standing(), asked()], false],
  ])('given %s, then it is told whether the vendor must be asked', (_, events, expected) => {
    expect(isUnexplained(foldRoom(events()))).toBe(expected)
  })

  it.each([
    ['has it after all, just as it is known', { exists: true, owner: 'anna', info: {} }, [observed(true, 'anna', {})]],
    ['has none', { exists: false }, [destroyed(null), observed(false)]],
  ])('given such a room, when the vendor is asked and %s, then that is recorded, once, and it is explained', (_, answer, expected) => {
    const state = foldRoom(refused())
    const decided = decideObservation(state, look(answer))
    expect(decided.map(({ event }) => event)).toEqual(expected)
    const after = append(state, decided, 900_001)
    expect(isUnexplained(after)).toBe(false)
    expect(decideObservation(after, look(answer, 950_000))).toEqual([])
  })
})
