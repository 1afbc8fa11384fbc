import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  decideFact,
  evolveRoom,
  foldRoom,
  initialRoom,
  type IncomingFact,
  type RecordedFact,
  type RoomEvent,
  type RoomState,
} from '../src/index.js'
import { facts, shuffled } from './arbitraries.js'
import { at } from './given.js'
import { referenceFold } from './reference-model.js'

const runs = { numRuns: 3000 }

const summary = ({ life }: RoomState) =>
  life && {
    life: life.life,
    status: life.status,
    origin: life.origin,
    owner: life.owner,
    info: life.info,
    metadata: Object.entries(life.metadata).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    admins: life.admins.toSorted(),
    cause: life.destroyCause,
  }

const incoming = (fact: RecordedFact): IncomingFact => {
  const { occurredAt, timeSource, source, actor } = fact.metadata
  return { id: fact.id, fact, occurredAt, timeSource, source, actor, ours: false }
}

/** What the service does with a fact that comes in: decide, append, fold. */
const receive = (state: RoomState, fact: RecordedFact): RoomState => {
  const [event] = decideFact(state, incoming(fact))
  return event ? evolveRoom(state, [fact as RoomEvent]) : state
}

describe('folding', () => {
  it('given any facts, when they come in any order and any of them again, then they fold to the same life', () => {
    fc.assert(
      fc.property(shuffled, ({ once, again }) => {
        expect(foldRoom(again).life).toEqual(foldRoom(once).life)
        expect(foldRoom(again).sorted.map(({ id }) => id)).toEqual(foldRoom(once).sorted.map(({ id }) => id))
      }),
      runs,
    )
  })

  it('given any facts, when they are folded one by one or in batches, then the state is that of folding them at once', () => {
    fc.assert(
      fc.property(shuffled, fc.array(fc.integer({ min: 1, max: 4 })), ({ again }, sizes) => {
        const atOnce = foldRoom(again)
        expect(again.reduce((state, fact) => evolveRoom(state, [fact]), initialRoom)).toEqual(atOnce)
        let state = initialRoom
        for (let start = 0, i = 0; start < again.length; i += 1) {
          const end = start + (sizes[i % Math.max(1, sizes.length)] ?? 3)
          state = evolveRoom(state, again.slice(start, end))
          start = end
        }
        expect(state).toEqual(atOnce)
      }),
      runs,
    )
  })

  it("given any facts, then the life is the one that the contract's words lead to", () => {
    fc.assert(
      fc.property(facts(), (all) => {
        const reference = referenceFold(all)
        expect(summary(foldRoom(all))).toEqual(
          reference && {
            ...reference,
            metadata: Object.entries(reference.metadata).toSorted(([a], [b]) => (a < b ? -1 : 1)),
            admins: reference.admins.toSorted(),
          },
        )
      }),
      runs,
    )
  })

  it('given any callbacks, when each comes in up to three times in any order, then each is recorded once', () => {
    fc.assert(
      fc.property(shuffled, ({ once, again }) => {
        const state = [...again, ...once].reduce(receive, initialRoom)
        expect(state.sorted.map(({ id }) => id).toSorted()).toEqual(once.map(({ id }) => id).toSorted())
        expect(state.life).toEqual(foldRoom(once).life)
      }),
      runs,
    )
  })

  it('given a fact without a time of the vendor, when it comes again later, then it is still recorded once', () => {
    fc.assert(
      fc.property(facts(), facts({ maxLength: 3 }), ([first, ...rest], later) => {
        fc.pre(first !== undefined)
        const received = { ...first!, metadata: { ...first!.metadata, timeSource: 'received' as const } }
        const again = { ...received, metadata: { ...received.metadata, occurredAt: at(9_999_999) } }
        const state = [received, ...rest, ...later.map((fact) => ({ ...fact, id: `later ${fact.id}` }))].reduce(receive, initialRoom)
        expect(decideFact(state, incoming(again))).toEqual([])
      }),
      runs,
    )
  })

  it('given any facts and then a destroy and a create, then a new life begins with nothing of the one before', () => {
    fc.assert(
      fc.property(facts(), fc.boolean(), (all, withinSecond) => {
        const before = foldRoom(all).life?.life ?? 0
        const meta = {
          ...all[0]?.metadata,
          schema: 1,
          recordedAt: at(0),
          source: 'callback',
          salt: '',
          actor: { kind: 'account', id: 'a' },
          sdkAppId: 1,
        } as const
        const end = {
          type: 'RoomDestroyed',
          data: { roomId: 'r', cause: 'DestroyByUser' },
          id: 'z1',
          revision: 100,
          position: '100',
          metadata: { ...meta, occurredAt: at(5400), timeSource: 'eventTime' },
        } as RecordedFact
        const again = {
          type: 'RoomCreated',
          data: { roomId: 'r', owner: 'new', info: {} },
          id: 'z2',
          revision: 101,
          position: '101',
          metadata: { ...meta, occurredAt: at(withinSecond ? 5000 : 6000), timeSource: 'createTime' },
        } as RecordedFact
        const { life } = foldRoom([again, ...all, end])
        const wasOpen = foldRoom(all).life?.status === 'active'
        // Nothing was open for the destroy to end and for the create to wait for: it comes first in its second, and the destroy ends it.
        const comesFirst = withinSecond && !wasOpen
        expect(life).toMatchObject({
          owner: 'new',
          status: comesFirst ? 'destroyed' : 'active',
          origin: 'created',
          info: {},
          metadata: {},
          admins: [],
        })
        expect(life!.life).toBe(before + (before === 0 && !comesFirst ? 2 : 1))
      }),
      runs,
    )
  })
})
