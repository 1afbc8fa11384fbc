import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldRoom, readOwnerTrail, type OwnerTrail, type RecordedFact } from '../src/index.js'
import { facts } from './arbitraries.js'
import { at, created, fact, ownerChanged, trailEntry } from './given.js'

const runs = { numRuns: 1500 }
const trailOf = (all: readonly RecordedFact[]): OwnerTrail => readOwnerTrail(all.map(trailEntry))

/** As the service records them: looks are reconciliation's, and so are some of the changes. */
const trailFacts = fc.tuple(facts(), fc.infiniteStream(fc.boolean())).map(([all, found]) =>
  all.map((one): RecordedFact => {
    const byLook = one.type === 'RoomObserved' || (one.type === 'OwnerChanged' && found.next().value)
    return byLook ? { ...one, metadata: { ...one.metadata, source: 'reconciliation', timeSource: 'observed' } } : one
  }),
)
const inAnyOrder = trailFacts.chain((all) =>
  fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }).map((order) => ({
    all,
    again: order.map((one, revision) => ({ ...one, revision })),
  })),
)

/** A chain of changes without a gap, one every ten milliseconds. */
const chain = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { minLength: 2, maxLength: 9 }).map((owners) =>
  owners.map((owner, i) => {
    const before = owners[i - 1]
    return fact(before === undefined ? created(owner) : ownerChanged(before, owner), 10 * i, {}, { revision: i, id: `e${i}` })
  }),
)

describe('the owner trail of any facts', () => {
  it('given any order of recording, then the items are the same, apart from what tells of the recording', () => {
    fc.assert(
      fc.property(inAnyOrder, ({ all, again }) => {
        const bare = ({ items, ...rest }: OwnerTrail) => ({
          ...rest,
          items: items.map(({ revision: _revision, late: _late, ...item }) => item),
        })
        expect(bare(trailOf(again))).toEqual(bare(trailOf(all)))
      }),
      runs,
    )
  })

  it('given any facts, then the last owner is that of the room, and still is exactly while the room is there', () => {
    fc.assert(
      fc.property(trailFacts, (all) => {
        const { life } = foldRoom(all)
        const last = trailOf(all).items.findLast((item) => item.life === life?.life)
        expect(last?.to ?? null).toBe(life?.owner ?? null)
        expect(last ? last.until : null).toBe(last ? life!.destroyedAt : null)
      }),
      runs,
    )
  })

  it('given any facts, then within a life each owner is until the next, and every earlier life has ended', () => {
    fc.assert(
      fc.property(trailFacts, (all) => {
        const { items } = trailOf(all)
        const youngest = foldRoom(all).life?.life
        const ends = items.map((item, i) => {
          const next = items[i + 1]
          return [item.until, next?.life === item.life ? next.since : item.life === youngest ? item.until : (item.until ?? 'an end')]
        })
        expect(ends.map(([until]) => until)).toEqual(ends.map(([, expected]) => expected))
        expect(items.map(({ life }) => life)).toEqual(items.map(({ life }) => life).toSorted((a, b) => a - b))
      }),
      runs,
    )
  })

  it('given any facts, then the first item of each life is its first link, and the gaps are the links that do not fit', () => {
    fc.assert(
      fc.property(trailFacts, (all) => {
        const { items, gaps, continuous } = trailOf(all)
        const links = items.map(({ life, from }, i) => {
          const before = items[i - 1]
          return before?.life !== life ? 'first' : from === before.to ? 'continuous' : 'gap'
        })
        expect(items.map(({ link }) => link)).toEqual(links)
        expect(gaps.map(({ eventId }) => eventId)).toEqual(items.filter(({ link }) => link === 'gap').map(({ eventId }) => eventId))
        expect(continuous).toBe(!links.includes('gap'))
      }),
      runs,
    )
  })

  it('given a whole chain, when any of its changes but the last is lost, then there is one gap; when it comes late, there is none', () => {
    fc.assert(
      fc.property(chain, fc.nat(), (all, pick) => {
        fc.pre(all.length > 2)
        const lost = 1 + (pick % (all.length - 2))
        const known = all.toSpliced(lost, 1)
        expect(trailOf(known).gaps).toMatchObject([{ eventId: `e${lost + 1}` }])
        const { items, continuous } = trailOf([...known, { ...all[lost]!, revision: all.length }])
        expect(continuous).toBe(true)
        expect(items.filter(({ late }) => late).map(({ eventId }) => eventId)).toEqual([`e${lost}`])
      }),
      runs,
    )
  })

  it('given a whole chain recorded in any order, then exactly those are late that came after one younger than they', () => {
    fc.assert(
      fc.property(
        chain.chain((all) => fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
        (order) => {
          const entries = order.map((one, revision) => ({ ...one, revision }))
          const expected = entries.filter(({ id, revision }) => entries.some((other) => other.id > id && other.revision < revision))
          const { items } = trailOf(entries)
          expect(items.filter(({ late }) => late).map(({ eventId }) => eventId)).toEqual(expected.map(({ id }) => id).toSorted())
          expect(items.at(-1)).toMatchObject({ until: null, since: at(10 * (order.length - 1)) })
        },
      ),
      runs,
    )
  })
})
