import { describe, expect, it } from 'vitest'
import { decideObservation, foldRoom, mayBeOverlooked } from '../src/index.js'
import { accepted, at, created, destroyed, fact, look, observed, ownerChanged, requested, updated } from './given.js'

/** A fact of the vendor's time `ms`, recorded at `recordedMs` of ours. */
const heard = (event: Parameters<typeof fact>[0], ms: number, recordedMs: number, id?: string) =>
  fact(event, ms, { recordedAt: at(recordedMs) }, id === undefined ? {} : { id })

describe('a vendor whose clock is behind ours', () => {
  const room = () => [heard(created('anna', { roomName: 'a' }), 0, 10), heard(observed(true, 'anna', { roomName: 'a' }), 10_000, 10_050)]

  it.each([
    ['an owner', ownerChanged('anna', 'ben'), 9500, true],
    ['an owner in the same millisecond', ownerChanged('anna', 'ben'), 10_000, true],
    ['a field', updated({ roomName: 'b' }), 9500, true],
    ['the end', destroyed(), 9500, true],
    ['an owner as the look showed', ownerChanged('eva', 'anna'), 9500, false],
    ['a field as the look showed', updated({ roomName: 'a' }), 9500, false],
    ['a field that the look did not show', updated({ category: [1] }), 9500, false],
    ['an owner long before the look', ownerChanged('anna', 'ben'), 4000, false],
    ['an owner after the look', ownerChanged('anna', 'ben'), 10_500, false],
  ])(
    'given a look, when a callback then tells of %s, then it is known whether the vendor must be asked once more',
    (_, event, ms, expected) => {
      expect(mayBeOverlooked(foldRoom([...room(), heard(event, ms, 10_600, 'told')]), 'told')).toBe(expected)
    },
  )

  it('given a callback that came before the look, then the look has the last word', () => {
    const [begun, seen] = [heard(created('anna'), 0, 10), heard(ownerChanged('anna', 'ben'), 9500, 9600, 'told')]
    expect(mayBeOverlooked(foldRoom([begun, seen, heard(observed(true, 'carla'), 10_000, 10_050)]), 'told')).toBe(false)
    expect(mayBeOverlooked(foldRoom([begun]), 'unheard of')).toBe(false)
  })

  it.each([
    ['another owner', ownerChanged('anna', 'ben'), { owner: 'anna' }],
    ['another value', updated({ roomName: 'b' }), { owner: 'anna', info: { roomName: 'a' } }],
    ['its end', destroyed(), { owner: 'anna' }],
  ])(
    'given an operation that waits for a look, when a callback tells of %s meanwhile, then this look does not settle it',
    (_, event, answer) => {
      const events = [
        heard(created('anna', { roomName: 'a' }), 0, 10),
        requested('RoomUpdateRequested', 'op', { notice: 'n' }, 500),
        accepted('op', 600),
      ]
      const asked = look({ ...answer, operationId: 'op' }, 10_000)
      expect(decideObservation(foldRoom([...events, heard(event, 9800, 10_020)]), asked)).toEqual([])
      expect(decideObservation(foldRoom([...events, heard(event, 9800, 9900)]), asked)).not.toEqual([])
    },
  )
})
