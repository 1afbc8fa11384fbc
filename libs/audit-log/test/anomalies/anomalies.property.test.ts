import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareMoments, foldFacts, momentOf, placeFacts, type RecordedFact } from '#room'
import { anomaliesOf, compareKeys, keyOf } from '../../src/index.js'
import { factsBySeveral, find } from './given.js'

const lateMs = 60_000
const anomalies = (facts: readonly RecordedFact[]) => anomaliesOf('r', facts, { lateMs })
const inOrder = (facts: readonly RecordedFact[]) => facts.toSorted((a, b) => compareMoments(momentOf(a), momentOf(b)))

const reordered = factsBySeveral.chain((facts) =>
  fc
    .tuple(fc.shuffledSubarray(facts, { minLength: facts.length, maxLength: facts.length }), fc.subarray(facts))
    .map(([order, twice]) => ({ facts, order, twice })),
)

describe('anomalies of any room', () => {
  it('given the events in any order and some of them twice, then they are the same', () => {
    fc.assert(
      fc.property(reordered, ({ facts, order, twice }) => {
        expect(anomalies([...twice, ...order])).toEqual(anomalies(facts))
      }),
      { numRuns: 300 },
    )
  })

  it('given facts that were recorded in another order, then they are the same, but for when they were recorded', () => {
    fc.assert(
      fc.property(reordered, ({ facts, order }) => {
        const arrived = order.map((fact, revision) => ({ ...fact, revision, position: String(revision) }))
        expect(anomalies(arrived)).toEqual(anomalies(facts))
      }),
      { numRuns: 300 },
    )
  })

  it('then each stands in its order, is one of a kind, and names events of the room', () => {
    fc.assert(
      fc.property(factsBySeveral, (facts) => {
        const found = anomalies(facts)
        const ids = new Set(facts.map(({ id }) => id))
        found.slice(1).forEach((next, i) => expect(compareKeys(keyOf(found[i]!), keyOf(next))).toBe(-1))
        for (const { eventIds, occurredAt, recordedAt, roomId } of found) {
          expect(roomId).toBe('r')
          expect(eventIds.length).toBeGreaterThan(0)
          expect(eventIds.filter((id) => !ids.has(id))).toEqual([])
          const odd = facts.find(({ id }) => id === eventIds.at(-1))!
          expect([occurredAt, recordedAt]).toEqual([odd.metadata.occurredAt, odd.metadata.recordedAt])
        }
      }),
      { numRuns: 300 },
    )
  })

  it('then new operators are all who acted but the first, each once', () => {
    fc.assert(
      fc.property(factsBySeveral, (facts) => {
        const acted = inOrder(facts)
          .map(({ metadata: { actor } }) => actor)
          .filter(({ kind }) => kind !== 'system')
          .map(({ kind, id }) => `${kind} ${id}`)
        const found = find('new-operator', facts).map(({ actor }) => `${actor.kind} ${actor.id}`)
        expect(found.toSorted()).toEqual([...new Set(acted)].slice(1).toSorted())
      }),
      { numRuns: 300 },
    )
  })

  it('then late callbacks are those that took longer than the bound, whatever the bound', () => {
    fc.assert(
      fc.property(factsBySeveral, fc.constantFrom(0, 59_999, 60_000, 89_999, 90_000), (facts, bound) => {
        const late = facts.filter(
          ({ metadata: { source, recordedAt, occurredAt } }) =>
            source === 'callback' && Date.parse(recordedAt) - Date.parse(occurredAt) > bound,
        )
        expect(new Set(find('late-callback', facts, bound).flatMap(({ eventIds }) => eventIds))).toEqual(new Set(late.map(({ id }) => id)))
      }),
      { numRuns: 300 },
    )
  })

  it('then nothing that changed after an end left a trace in that life', () => {
    fc.assert(
      fc.property(factsBySeveral, (facts) => {
        const changes = find('changed-after-destroy', facts)
        const odd = new Set(changes.map(({ eventIds }) => eventIds.at(-1)))
        const told = placeFacts(facts, momentOf).filter(({ fact, afterDestroy }) => afterDestroy && fact.type !== 'RoomDestroyed')
        for (const { fact } of told) expect(odd).toContain(fact.id)
        // What is left out of the room's life is all that these are, but for looks that began another life.
        const without = facts.filter(({ id, type }) => !odd.has(id) || type === 'RoomObserved')
        expect(foldFacts(without).life).toEqual(foldFacts(facts).life)
        for (const { occurredAt, destroyedAt } of changes) expect(occurredAt >= destroyedAt.slice(0, 19)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})
