import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { evolveRoom, initialRoom, livesOf, placeFacts, type NewEvent, type RecordedFact, type RoomState } from '../src/index.js'
import { facts } from './arbitraries.js'
import { created, destroyed, fact, momentOf, observed, requestedBy } from './given.js'

const runs = { numRuns: 3000 }

const decided = ({ id, metadata, type, data }: RecordedFact): NewEvent => {
  const { occurredAt, timeSource, source, actor } = metadata
  return { id, event: { type, data } as RecordedFact, metadata: { occurredAt, timeSource, source, actor } }
}

/** Facts in the order of their recording, cut into what single decisions called for. */
const decisions = fc
  .tuple(facts(), fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 14, maxLength: 14 }))
  .chain(([all, sizes]) => fc.tuple(fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }), fc.constant(sizes)))
  .map(([all, sizes]) => {
    const batches: RecordedFact[][] = []
    for (let start = 0; start < all.length; start += batches.at(-1)!.length) batches.push(all.slice(start, start + sizes[batches.length]!))
    return batches
  })

describe('the life that a fact is stamped with', () => {
  it('given any facts in any order, singly or several at once, then it is the one that all recorded up to then places it in', () => {
    fc.assert(
      fc.property(decisions, (batches) => {
        let state: RoomState = initialRoom
        const known: RecordedFact[] = []
        for (const batch of batches) {
          const stamped = livesOf(state, batch.map(decided))
          const expected = batch.map((one) => {
            known.push(one)
            return placeFacts(known, momentOf).find((placed) => placed.fact === one)!.life
          })
          expect(stamped).toEqual(expected)
          state = evolveRoom(state, batch)
        }
      }),
      runs,
    )
  })

  it('given a room that never was there, when a look finds nothing, then it is life 0', () => {
    expect(livesOf(initialRoom, [decided(fact(observed(false), 0))])).toEqual([0])
  })

  it('given a room found gone, when the destroy and the look are recorded at once, then both belong to the life that ended', () => {
    const state = evolveRoom(initialRoom, [fact(created('anna'), 0), fact(destroyed(), 10), fact(created('ben'), 20)])
    expect(livesOf(state, [decided(fact(destroyed(null), 30)), decided(fact(observed(false), 30))])).toEqual([2, 2])
  })

  it('given a request and its outcome, then they belong to none', () => {
    const metadata = { timeSource: 'received', source: 'command', actor: { kind: 'apiClient', id: 'dashboard' } } as const
    const state = evolveRoom(initialRoom, [fact(created('anna'), 0)])
    const events: NewEvent[] = [
      {
        id: 'a',
        event: { type: 'RoomDestructionRequested', data: { operationId: 'o', roomId: 'r', parameters: {}, requestedBy } },
        metadata,
      },
      { id: 'b', event: { type: 'RequestAccepted', data: { operationId: 'o', vendor: { errorCode: 0 } } }, metadata },
    ]
    expect(livesOf(state, events)).toEqual([undefined, undefined])
  })
})
