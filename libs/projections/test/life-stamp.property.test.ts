import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evolveRoom, initialRoom, livesOf, type RecordedFact } from '#room'
import { facts } from '../../room/test/arbitraries.js'
import { historyOf } from './history.js'
import type { Fed } from './run.js'

/** Of these room-history knows where they begin and end; older ones are shown, but no longer told apart. */
const livesKept = 4

const inAnyOrder = facts()
  .filter(({ length }) => length > 0)
  .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))

/** What each fact is stamped with as it is recorded, for as long as room-history has forgotten no life. */
const stampsOf = (recorded: readonly RecordedFact[]): number[] => {
  let state = initialRoom
  const stamps: number[] = []
  for (const fact of recorded) {
    stamps.push(livesOf(state, [{ id: fact.id, event: fact, metadata: fact.metadata }])[0]!)
    state = evolveRoom(state, [fact])
    if ((state.life?.life ?? 0) > livesKept) break
  }
  return stamps
}

const fed = ({ id, type, data, metadata }: RecordedFact): Fed => ({ id, type, data, metadata }) as unknown as Fed

describe('room-history: the life of an entry', () => {
  it('given any facts in any order, while no life is forgotten, then it is the life that the fact itself was stamped with', () => {
    fc.assert(
      fc.property(inAnyOrder, (recorded) => {
        const stamps = stampsOf(recorded)
        expect(
          historyOf(...recorded.map(fed))
            .entries.map(({ life }) => life)
            .slice(0, stamps.length),
        ).toEqual(stamps)
      }),
      { numRuns: 800 },
    )
  }, 60_000)
})
