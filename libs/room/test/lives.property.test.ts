import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldRoom, placeFacts, readOwnerTrail, type RecordedFact } from '../src/index.js'
import { facts } from './arbitraries.js'
import { at, created, destroyed, fact, metadataSet, momentOf, observed, ownerChanged, trailEntry, updated } from './given.js'

const runs = { numRuns: 1500 }
/** After all that `facts()` draws. */
const late = 10_000
const withRevision = (revision: number) => ({ revision, id: `~${revision}` })

const destroyedAt = (ms: number, revision = 500) => fact(destroyed(), ms, {}, withRevision(revision))
/** Facts that cannot begin a life of a room that is known. */
const idle = fc.oneof(
  fc.constantFrom('x', 'y').map((roomName) => updated({ roomName })),
  fc.constant(ownerChanged('x', 'y')),
  fc.constant(metadataSet({ late: '1' })),
  fc.constant(observed(false)),
  fc.constant(destroyed('DestroyBySystem')),
)

describe('lives', () => {
  it('given any facts, then each life begins once, lives do not mix, and only what is placed in one counts', () => {
    fc.assert(
      fc.property(facts(), (all) => {
        const placed = placeFacts(all, momentOf)
        expect(placed).toHaveLength(all.length)
        const lives = placed.map(({ life }) => life)
        expect(lives).toEqual(lives.toSorted((a, b) => a - b))
        const begun = placed.filter(({ begins }) => begins).map(({ life }) => life)
        expect(begun).toEqual(begun.map((_, i) => i + 1))
        expect(foldRoom(all).life?.life ?? 0).toBe(lives.at(-1) ?? 0)
      }),
      runs,
    )
  })

  it('given any facts and a destroyed room, when other facts come after it, then nothing of the room changes', () => {
    fc.assert(
      fc.property(facts(), fc.array(idle, { minLength: 1, maxLength: 4 }), (all, after) => {
        const gone = [...all, fact(updated({}), late - 2, {}, withRevision(499)), destroyedAt(late)]
        const before = foldRoom(gone).life!
        const { destroyedBy: _, ...now } = foldRoom([
          ...gone,
          ...after.map((event, i) => fact(event, late + 10 + i, {}, withRevision(600 + i))),
        ]).life!
        const { destroyedBy: __, ...then } = before
        expect(now).toEqual(then)
        expect(now.status).toBe('destroyed')
      }),
      runs,
    )
  })

  it('given any facts and a destroyed room, when a look finds it existing, then the next life begins with what was seen', () => {
    fc.assert(
      fc.property(facts(), fc.boolean(), (all, sameMoment) => {
        const gone = [...all, fact(updated({}), late - 2, {}, withRevision(499)), destroyedAt(late)]
        const seen = fact(observed(true, 'dora', { roomName: 'z' }), late + (sameMoment ? 1 : 5000), {}, withRevision(501))
        const { life } = foldRoom([...gone, seen])
        expect(life).toMatchObject({ owner: 'dora', info: { roomName: 'z' }, origin: 'observed', status: 'active', createdAt: null })
        expect(life!.life).toBe(foldRoom(gone).life!.life + 1)
      }),
      runs,
    )
  })

  it('given any facts and a create after them, then it begins a life of its own, whether or not a destroy was seen', () => {
    fc.assert(
      fc.property(facts(), (all) => {
        const again = foldRoom([...all, fact(created('new', { roomName: 'n' }), late, {}, withRevision(500))]).life!
        expect(again).toMatchObject({
          owner: 'new',
          info: { roomName: 'n' },
          metadata: {},
          admins: [],
          createdAt: at(late),
          status: 'active',
        })
        expect(again.life).toBe((foldRoom(all).life?.life ?? 0) + 1)
      }),
      runs,
    )
  })

  it('given a create over an open life, when the destroy of that life comes at last, then it ends that life and leaves the next alone', () => {
    fc.assert(
      fc.property(facts(), fc.integer({ min: 1, max: 999 }), (all, ms) => {
        const first = fact(created('first'), late, {}, withRevision(500))
        const next = fact(created('next'), late + 1000, {}, withRevision(501))
        const lost = destroyedAt(late + ms, 502)
        const endOfFirst = (events: RecordedFact[]) => readOwnerTrail(events.map(trailEntry)).items.find(({ to }) => to === 'first')!.until
        expect(endOfFirst([...all, first, next])).toBe(at(late + 1000))
        expect(endOfFirst([...all, first, next, lost])).toBe(at(late + ms))
        expect(foldRoom([...all, first, next, lost]).life).toEqual(foldRoom([...all, first, next]).life)
      }),
      runs,
    )
  })

  it('given any facts, then the youngest value of each field since its life began holds, and an absent field is unchanged', () => {
    fc.assert(
      fc.property(facts(), (all) => {
        const { life } = foldRoom(all)
        fc.pre(life !== undefined)
        const own = placeFacts(all, momentOf).filter((placed) => placed.life === life!.life && !placed.afterDestroy)
        for (const field of ['roomName', 'category', 'activityStatus', 'isPublicVisible'] as const) {
          const values = own.flatMap(({ fact: { data } }) => {
            const info = 'info' in data ? data.info : 'lastInfo' in data ? data.lastInfo : undefined
            return info?.[field] === undefined ? [] : [info[field]]
          })
          expect(life!.info[field]).toEqual(values.at(-1))
        }
        const owners = own.flatMap(({ fact: { data } }) => ('to' in data ? data.to : 'owner' in data ? (data.owner ?? []) : []))
        expect(life!.owner).toBe(owners.at(-1) ?? null)
      }),
      runs,
    )
  })

  it('given a room id used again within the second of its destruction, any number of times, then every use is a life', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 150 }), fc.infiniteStream(fc.nat()), (uses, step, order) => {
        const again = Array.from({ length: uses }, (_, i) => [
          destroyedAt(5000 + (i + 1) * step, 10 + 2 * i),
          fact(created(`owner-${i}`), 5000, { timeSource: 'createTime' }, { revision: 11 + 2 * i, id: `a${i}` }),
        ]).flat()
        const all = [fact(created('first'), 1000, {}, { revision: 1, id: 'a' }), ...again]
        const shuffledOnce = all.map((one) => ({ one, by: order.next().value! })).toSorted((a, b) => a.by - b.by)
        const { life } = foldRoom(shuffledOnce.map(({ one }) => one))
        expect(life).toMatchObject({ life: 1 + uses, status: 'active', origin: 'created', owner: `owner-${uses - 1}` })
      }),
      runs,
    )
  })
})
