import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { created, destroyed, fact, historyOf, named, seen, timeOf, valuesOf } from './history.js'
import type { Fed } from './run.js'

const word = fc.constantFrom('a', 'b', 'c')
const moment = fc.integer({ min: 0, max: 60 }).map((n) => n * 250)
const change = (ms: number): fc.Arbitrary<Fed> =>
  fc.oneof(
    word.map((name) => named(ms, name)),
    word.map((to) => fact(ms, 'OwnerChanged', { to })),
    word.map((key) => fact(ms, 'RoomMetadataSet', { entries: { [key]: `${ms}` } })),
    word.map((key) => fact(ms, 'RoomMetadataDeleted', { keys: [key] })),
    fc
      .tuple(word, fc.constantFrom('add', 'delete'))
      .map(([admin, kind]) => fact(ms, 'RoomAdminsChanged', { change: kind, admins: [admin] })),
    word.map((owner) => seen(ms, owner)),
  )
const boundary = (ms: number): fc.Arbitrary<Fed> =>
  fc.oneof(
    word.map((roomName) => created(ms, { roomName })),
    word.map((cause) => destroyed(ms, cause)),
  )
const withIds = (facts: Fed[]): Fed[] => facts.map((each, i) => ({ ...each, id: `id-${i}` }))
/** Facts that end with a life still open, since what a late destroy cuts off is the loss that is known and documented. */
const facts = fc
  .array(
    moment.chain((ms) => fc.oneof({ weight: 4, arbitrary: change(ms) }, { weight: 1, arbitrary: boundary(ms) })),
    { minLength: 1, maxLength: 14 },
  )
  .map((list) => withIds([...list, fact(20_000, 'RoomObserved', { exists: true, owner: 'z' })]))
const shuffled = (list: Fed[]): fc.Arbitrary<Fed[]> => fc.shuffledSubarray(list, { minLength: list.length })
const inOrder = (list: Fed[]): Fed[] => list.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
const keyOf = ({ metadata, type, id }: Fed): string => `${String(metadata!['occurredAt'])}|${ranks[type!] ?? 1}|${id}`
const ranks: Record<string, number> = { RoomCreated: 0, RoomUpdated: 2, OwnerChanged: 3, RoomObserved: 4, RoomDestroyed: 5 }

describe('room-history: properties', () => {
  it('the order of arrival leaves no trace in the youngest life', () => {
    fc.assert(
      fc.property(
        facts.chain((list) => fc.tuple(fc.constant(list), shuffled(list))),
        ([list, arrived]) => {
          const expected = historyOf(...inOrder(list)).youngest!
          const found = historyOf(...arrived).youngest!
          expect(valuesOf(found)).toEqual(valuesOf(expected))
          expect([found.from, found.to, found.startedBy]).toEqual([expected.from, expected.to, expected.startedBy])
        },
      ),
      { numRuns: 1000 },
    )
  }, 120_000)

  it('in order of happening nothing is late, and each change begins where the last one of that field ended', () => {
    fc.assert(
      fc.property(facts, (list) => {
        const { entries } = historyOf(...inOrder(list))
        const last = new Map<string, unknown>()
        let life = 0
        for (const entry of entries) {
          expect(entry.late).toBe(false)
          if (entry.life !== life) last.clear()
          life = entry.life
          for (const { field, before, after, applied } of entry.changes) {
            if (!applied) continue
            expect(before).toEqual(last.get(field) ?? (field === 'admins' ? [] : null))
            last.set(field, after)
          }
        }
      }),
      { numRuns: 1000 },
    )
  }, 120_000)
})

describe('room-history: a bounded state', () => {
  const size = (list: Fed[]): number => {
    const { run } = historyOf(...list)
    return run.partitions.get('room-1')!.state!.length
  }

  it.each<[string, (i: number) => Fed]>([
    ['updates', (i) => named(i, `name ${i}`)],
    ['ever new metadata keys', (i) => fact(i, 'RoomMetadataSet', { entries: { [`key${i}`]: 'v' } })],
    ['ever new metadata keys deleted', (i) => fact(i, 'RoomMetadataDeleted', { keys: [`key${i}`] })],
    ['ever new admins', (i) => fact(i, 'RoomAdminsChanged', { change: i % 2 ? 'add' : 'delete', admins: [`account${i}`] })],
    ['looks at the vendor', (i) => seen(i, `owner${i}`)],
    ['lives', (i) => (i % 2 ? destroyed(i) : created(i, { roomName: `name ${i}` }))],
    ['repeated destroys', (i) => destroyed(i, i % 3 ? null : `cause ${i}`)],
    ['creates without a destroy, each older than the last', (i) => created(100_000 - i)],
    ['updates after the destroy', (i) => (i === 0 ? destroyed(0) : fact(i, 'RoomMetadataSet', { entries: { [`key${i}`]: 'v' } }))],
  ])(
    '10,000 %s',
    (_, make) => {
      const list = Array.from({ length: 10_000 }, (_, i) => make(i))
      expect(size(list)).toBeLessThan(64 * 1024)
    },
    120_000,
  )

  it('keeps four lives and 64 tombstones', () => {
    const lives = historyOf(...Array.from({ length: 40 }, (_, i) => created(i * 10))).state
    expect([lives.base, lives.lives.length, lives.lives.at(-1)!.n]).toEqual([36, 4, 40])
    const deleted = historyOf(created(0), ...Array.from({ length: 100 }, (_, i) => fact(i + 1, 'RoomMetadataDeleted', { keys: [`k${i}`] })))
    expect(Object.keys(deleted.youngest!.fields).filter((name) => name.startsWith('metadata.'))).toHaveLength(64)
  })

  it('shows a fact of a forgotten life, but counts it no more', () => {
    const { last, lives } = historyOf(...Array.from({ length: 6 }, (_, i) => created(1000 + i * 1000)), named(1500, 'B'))
    expect(last).toMatchObject({ life: 2, late: true, changes: [{ field: 'roomName', before: null, after: 'B', applied: false }] })
    expect(lives.map(({ n }) => n)).toEqual([3, 4, 5, 6])
    expect(lives[0]!.from.slice(0, 24)).toBe(timeOf(3000))
  })
})
