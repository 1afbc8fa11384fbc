import { describe, expect, it } from 'vitest'
import { readOwnerTrail, type OwnerTrail, type RecordedFact } from '../src/index.js'
import { at, created, destroyed, fact, metadataSet, observed, ownerChanged, trailEntry, updated } from './given.js'

const trailOf = (...facts: RecordedFact[]): OwnerTrail => readOwnerTrail(facts.map(trailEntry))
const rows = ({ items }: OwnerTrail) =>
  items.map(({ life, from, to, since, until, link, late }) => [life, from, to, since, until, link, late])
const reconciled = (event: Parameters<typeof fact>[0], ms: number, more: object = {}) =>
  fact(event, ms, { source: 'reconciliation', timeSource: 'observed', actor: { kind: 'system', id: 'room-ledger' }, ...more })

const annaAt = (ms: number) => fact(created('anna'), ms)
const annaToBenAt = (ms: number) => fact(ownerChanged('anna', 'ben'), ms)
const benToCarlaAt = (ms: number) => fact(ownerChanged('ben', 'carla'), ms)

describe('the chain of owners', () => {
  it('given nothing, then it is empty and without a gap', () => {
    expect(trailOf()).toEqual({ items: [], continuous: true, gaps: [] })
  })

  it('given changes that follow from each other, then it is continuous, each owner until the next', () => {
    const trail = trailOf(annaAt(0), annaToBenAt(10), fact(updated({ roomName: 'x' }), 15), benToCarlaAt(20))
    expect(rows(trail)).toEqual([
      [1, null, 'anna', at(0), at(10), 'first', false],
      [1, 'anna', 'ben', at(10), at(20), 'continuous', false],
      [1, 'ben', 'carla', at(20), null, 'continuous', false],
    ])
    expect(trail).toMatchObject({ continuous: true, gaps: [] })
  })

  it('given a change whose original owner is not the one before, then there is a gap, and it names both', () => {
    const change = benToCarlaAt(20)
    const trail = trailOf(annaAt(0), change)
    expect(rows(trail)[1]).toEqual([1, 'ben', 'carla', at(20), null, 'gap', false])
    expect(trail).toMatchObject({ continuous: false, gaps: [{ life: 1, expected: 'anna', found: 'ben', eventId: change.id }] })
  })

  it('given a gap, when the missing change comes late, then it is closed and the late one says so', () => {
    const trail = trailOf(annaAt(0), benToCarlaAt(20), annaToBenAt(10))
    expect(rows(trail)).toEqual([
      [1, null, 'anna', at(0), at(10), 'first', false],
      [1, 'anna', 'ben', at(10), at(20), 'continuous', true],
      [1, 'ben', 'carla', at(20), null, 'continuous', false],
    ])
    expect(trail.continuous).toBe(true)
  })

  it('given a chain, when a late change does not fit into it, then it opens gaps before and behind it', () => {
    const next = benToCarlaAt(20)
    const late = fact(ownerChanged('dora', 'eva'), 15)
    const { gaps, continuous } = trailOf(annaAt(0), annaToBenAt(10), next, late)
    expect(continuous).toBe(false)
    expect(gaps).toEqual([
      { life: 1, expected: 'ben', found: 'dora', eventId: late.id },
      { life: 1, expected: 'eva', found: 'ben', eventId: next.id },
    ])
  })

  it('given a change as the first that is heard of a room, then it begins the chain', () => {
    expect(rows(trailOf(annaToBenAt(10)))).toEqual([[1, 'anna', 'ben', at(10), null, 'first', false]])
  })

  it('given a change without an original owner, then nothing speaks against the one before', () => {
    const bare = fact({ type: 'OwnerChanged', data: { roomId: 'r', to: 'ben' } }, 10)
    expect(rows(trailOf(annaAt(0), bare))[1]).toEqual([1, 'anna', 'ben', at(10), null, 'continuous', false])
  })

  it('given what came with a change, then its item carries it', () => {
    const change = fact(ownerChanged('anna', 'ben'), 10, {
      operationId: 'op',
      attribution: 'ambiguous',
      actor: { kind: 'account', id: 'administrator' },
    })
    const requestedBy = { kind: 'apiKey', id: 'dashboard', onBehalfOf: 'mia' } as const
    const { items } = readOwnerTrail([{ ...trailEntry(change), requestedBy, reason: 'holiday' }])
    expect(items).toEqual([
      {
        life: 1,
        from: 'anna',
        to: 'ben',
        since: at(10),
        until: null,
        timeSource: 'eventTime',
        actor: { kind: 'account', id: 'administrator' },
        source: 'callback',
        operationId: 'op',
        attribution: 'ambiguous',
        requestedBy,
        reason: 'holiday',
        eventId: change.id,
        recordedAt: change.metadata.recordedAt,
        revision: change.revision,
        link: 'first',
        late: false,
      },
    ])
  })
})

describe('owners and lives', () => {
  it('given a destroyed room, then its last owner ends with it, and what comes later changes nothing', () => {
    const trail = trailOf(annaAt(0), annaToBenAt(10), fact(destroyed(), 30), benToCarlaAt(40), fact(destroyed(), 50))
    expect(rows(trail)).toEqual([
      [1, null, 'anna', at(0), at(10), 'first', false],
      [1, 'anna', 'ben', at(10), at(30), 'continuous', false],
    ])
    expect(trail.continuous).toBe(true)
  })

  it('given a room id used again, then the chain begins anew', () => {
    expect(rows(trailOf(annaAt(0), fact(destroyed(), 30), fact(created('eva'), 40)))).toEqual([
      [1, null, 'anna', at(0), at(30), 'first', false],
      [2, null, 'eva', at(40), null, 'first', false],
    ])
  })

  it('given a life whose destroy was lost, then it ends where the next begins, until the destroy comes', () => {
    const facts = [annaAt(0), fact(created('eva'), 40)]
    expect(rows(trailOf(...facts))[0]).toEqual([1, null, 'anna', at(0), at(40), 'first', false])
    expect(rows(trailOf(...facts, fact(destroyed(), 30)))[0]).toEqual([1, null, 'anna', at(0), at(30), 'first', false])
  })

  it('given a change of an earlier life that comes late, then it is late there and leaves the next life alone', () => {
    expect(rows(trailOf(annaAt(0), benToCarlaAt(20), fact(destroyed(), 30), fact(created('eva'), 40), annaToBenAt(10)))).toEqual([
      [1, null, 'anna', at(0), at(10), 'first', false],
      [1, 'anna', 'ben', at(10), at(20), 'continuous', true],
      [1, 'ben', 'carla', at(20), at(30), 'continuous', false],
      [2, null, 'eva', at(40), null, 'first', false],
    ])
  })

  it('given a destroy between two changes that comes late, then what was a change no longer counts', () => {
    expect(rows(trailOf(annaAt(0), annaToBenAt(20), fact(destroyed(), 10)))).toEqual([[1, null, 'anna', at(0), at(10), 'first', false]])
  })

  it('given only facts that tell of no owner, or looks that found no room, then there is no item', () => {
    expect(trailOf(fact(metadataSet({ k: 'v' }), 0), fact(destroyed(), 10), reconciled(observed(false), 20)).items).toEqual([])
    expect(trailOf(reconciled(observed(false), 0)).items).toEqual([])
  })
})

describe('owners that were seen by asking the vendor', () => {
  it('given a room that was adopted, then nobody knows since when its owner is', () => {
    expect(rows(trailOf(reconciled(observed(true, 'anna'), 10), annaToBenAt(20)))).toEqual([
      [1, null, 'anna', null, at(20), 'first', false],
      [1, 'anna', 'ben', at(20), null, 'continuous', false],
    ])
  })

  it('given an adopted room, when its create comes late, then the beginning is known, and the look is no change', () => {
    expect(rows(trailOf(reconciled(observed(true, 'anna'), 10), annaAt(0)))).toEqual([[1, null, 'anna', at(0), null, 'first', false]])
  })

  it('given a room whose owner nobody told of, when one is found, then nobody knows since when', () => {
    const found = reconciled({ type: 'OwnerChanged', data: { roomId: 'r', to: 'ben' } }, 20)
    expect(rows(trailOf(fact(updated({ roomName: 'x' }), 0), found))).toEqual([[1, null, 'ben', null, null, 'first', false]])
  })

  it('given a look that shows the owner already known, then it is no change', () => {
    expect(trailOf(annaAt(0), reconciled(observed(true, 'anna'), 10)).items).toHaveLength(1)
  })

  it('given a change that only the look showed, then it tells between which moments it happened', () => {
    const { items, continuous } = trailOf(annaAt(0), reconciled(ownerChanged('anna', 'ben'), 20, { occurredAfter: at(5) }))
    expect(items[1]).toMatchObject({ from: 'anna', to: 'ben', since: at(20), occurredAfter: at(5), source: 'reconciliation' })
    expect(continuous).toBe(true)
  })

  it('given such a change, when its callback comes after all, then the callback tells it, late, and nothing stands twice', () => {
    const { items, continuous } = trailOf(annaAt(0), reconciled(ownerChanged('anna', 'ben'), 20), annaToBenAt(10))
    expect(items.map(({ to, since, source, late }) => [to, since, source, late])).toEqual([
      ['anna', at(0), 'callback', false],
      ['ben', at(10), 'callback', true],
    ])
    expect(continuous).toBe(true)
  })

  it("given such a change, when the callback has a later time, as the vendor's clock is ahead, then it still stands once", () => {
    const trail = trailOf(annaAt(0), reconciled(ownerChanged('anna', 'ben'), 20), annaToBenAt(21), benToCarlaAt(30))
    expect(rows(trail)).toEqual([
      [1, null, 'anna', at(0), at(21), 'first', false],
      [1, 'anna', 'ben', at(21), at(30), 'continuous', false],
      [1, 'ben', 'carla', at(30), null, 'continuous', false],
    ])
  })

  it('given a change that the look showed, when one before it comes late, then the chain is whole: what the ledger had not heard is no gap', () => {
    const { items, continuous } = trailOf(annaAt(0), reconciled(ownerChanged('anna', 'carla'), 20), annaToBenAt(10))
    expect(items.map(({ from, to, link }) => [from, to, link])).toEqual([
      [null, 'anna', 'first'],
      ['anna', 'ben', 'continuous'],
      ['ben', 'carla', 'continuous'],
    ])
    expect(continuous).toBe(true)
  })

  it('given a change back that was missed, when the look shows it, then it is one', () => {
    const trail = trailOf(annaAt(0), annaToBenAt(10), reconciled(observed(true, 'anna'), 20))
    expect(rows(trail)[2]).toEqual([1, 'ben', 'anna', at(20), null, 'continuous', false])
  })
})
