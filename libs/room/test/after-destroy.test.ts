import { describe, expect, it } from 'vitest'
import { decideObservation, foldRoom, isUnexplained, type RoomEvent } from '../src/index.js'
import { append, at, created, destroyed, fact, look, observed, ownerChanged, updated } from './given.js'

/** Facts as (event, when it happened), recorded in the order in which they stand. */
const life = (...facts: [Parameters<typeof fact>[0], number][]): RoomEvent[] =>
  facts.map(([event, ms], i) => fact(event, ms, { recordedAt: at(10_000 + i) }))

const start: [Parameters<typeof fact>[0], number] = [created('anna'), 0]
const end: [Parameters<typeof fact>[0], number] = [destroyed(), 1000]
const late: [Parameters<typeof fact>[0], number] = [ownerChanged('anna', 'ben'), 2000]

describe('something that is told of a room after its end', () => {
  it.each([
    ['nothing after its end', life(start, end), false],
    ['a younger fact', life(start, end, late), true],
    ['a younger fact, which came before the destroy did', life(start, late, end), true],
    ['an older fact that comes late', life(start, end, [updated({ roomName: 'a' }), 500]), false],
    ['its end twice', life(start, end, [destroyed('DestroyBySystem'), 1500]), false],
    ['a younger fact between two tellings of its end', life(start, end, late, [destroyed('DestroyBySystem'), 3000]), true],
    ['a younger fact, and a look that found nothing', life(start, end, late, [observed(false), 3000]), false],
    ['a look that found nothing, and a younger fact after it', life(start, end, [observed(false), 1500], late), true],
    ['a look that found it', life(start, end, late, [observed(true, 'ben'), 3000]), false],
    ['a create that explains it', life(start, end, late, [created('ben'), 1500]), false],
    ['a younger fact of a life before', life(start, end, late, [created('eva'), 5000], [destroyed(), 6000]), false],
    ['no end at all', life(start, late), false],
    ['nothing at all', [], false],
  ])('given %s, then it is told whether the vendor must be asked', (_, events, expected) => {
    expect(isUnexplained(foldRoom(events))).toBe(expected)
  })

  it('given such a room, when the vendor is asked and has none, then the look is recorded, once, and it is explained', () => {
    const state = foldRoom(life(start, end, late))
    const decided = decideObservation(state, look({ exists: false }))
    expect(decided.map(({ event }) => event)).toEqual([observed(false)])
    const after = append(state, decided, 900_001)
    expect(isUnexplained(after)).toBe(false)
    expect(after.life).toEqual({ ...state.life, destroyedBy: expect.any(Array) })
    expect(decideObservation(after, look({ exists: false }, 950_000))).toEqual([])
  })
})
