import { describe, expect, it } from 'vitest'
import type { EventToAppend } from '#event-store'
import { caughtUp, everyPage, following, itemsOf, storeForTest } from './support/open.js'
import { at, created, destroyed, idOf, observed, ownerChanged, record, roomEvent, updated } from './support/room-events.js'

const given = async (rooms: Record<string, EventToAppend[]>) => {
  const store = await storeForTest()
  for (const [roomId, events] of Object.entries(rooms)) await record(store, roomId, ...events)
  const directory = await following(store)
  await caughtUp(directory)
  const of = (account: string) =>
    itemsOf(directory.ownerships(account, { limit: 100 })).map(({ roomId, life, since, until }) => [roomId, life, since, until])
  return { store, directory, of }
}

describe('what an account owns or owned', () => {
  it('given a room that changed hands and two more, when asked, then each interval comes, youngest first', async () => {
    const { directory, of } = await given({
      r1: [
        roomEvent(created('r1', 'anna'), 0),
        roomEvent(ownerChanged('r1', 'anna', 'berta'), 10),
        roomEvent(ownerChanged('r1', 'berta', 'anna'), 20),
        roomEvent(destroyed('r1'), 30),
        roomEvent(created('r1', 'anna'), 40),
      ],
      r2: [roomEvent(created('r2', 'anna'), 5)],
    })
    const annas = [
      ['r1', 2, at(40), null],
      ['r1', 1, at(20), at(30)],
      ['r2', 1, at(5), null],
      ['r1', 1, at(0), at(10)],
    ]
    expect(of('anna')).toEqual(annas)
    expect(of('berta')).toEqual([['r1', 1, at(10), at(20)]])
    expect(of('nobody')).toEqual([])
    const paged = everyPage((cursor) => directory.ownerships('anna', { limit: 1, ...(cursor && { cursor }) }))
    expect(paged.map(({ roomId, since }) => [roomId, since])).toEqual(annas.map(([roomId, , since]) => [roomId, since]))
  })

  it('given a first change in a life whose beginning was not seen, when the owner before is asked about, then since is null', async () => {
    const change = roomEvent(ownerChanged('r1', 'anna', 'berta'), 10, { id: idOf('change') })
    const { directory, of } = await given({ r1: [roomEvent(updated('r1', { roomName: 'x' }), 5), change] })
    expect(itemsOf(directory.ownerships('anna', { limit: 9 }))).toEqual([
      { roomId: 'r1', life: 1, since: null, until: at(10), timeSource: null, eventId: change.id, link: null },
    ])
    expect(of('berta')).toEqual([['r1', 1, at(10), null]])
  })

  it('given a change from an owner of whom nothing was known, when that one is asked about, then the room is theirs until then', async () => {
    const { store, directory, of } = await given({
      r1: [roomEvent(created('r1', 'anna'), 0), roomEvent(ownerChanged('r1', 'berta', 'carla'), 20)],
    })
    expect(of('berta')).toEqual([['r1', 1, null, at(20)]])

    await record(store, 'r1', roomEvent(ownerChanged('r1', 'anna', 'berta'), 10, { recordedAt: at(30) }))
    await caughtUp(directory)
    expect(of('berta')).toEqual([['r1', 1, at(10), at(20)]])
    expect(of('anna')).toEqual([['r1', 1, at(0), at(10)]])
  })

  it('given a change that reconciliation inferred, when a late callback shows it was another, then nobody owns the room twice', async () => {
    const inferred = { source: 'reconciliation', timeSource: 'observed' } as const
    const { of } = await given({
      r1: [
        roomEvent(created('r1', 'anna'), 0),
        roomEvent(ownerChanged('r1', 'anna', 'carla'), 20, inferred),
        roomEvent(ownerChanged('r1', 'anna', 'berta'), 10, { recordedAt: at(30) }),
      ],
    })
    expect(of('anna')).toEqual([['r1', 1, at(0), at(10)]])
  })

  it('given a room first seen as it was, when its owner is asked about, then since is null, and it comes last', async () => {
    const { of } = await given({ r1: [roomEvent(observed('r1', 'anna'), 10)], r2: [roomEvent(created('r2', 'anna'), 0)] })
    expect(of('anna')).toEqual([
      ['r2', 1, at(0), null],
      ['r1', 1, null, null],
    ])
  })

  it('given a fact that tells of no owner, when it comes late and begins a life before, then the lives are counted anew', async () => {
    const { store, directory, of } = await given({ r1: [roomEvent(created('r1', 'anna'), 10)] })
    await record(store, 'r1', roomEvent(updated('r1', { roomName: 'x' }), 5, { recordedAt: at(20) }))
    await caughtUp(directory)
    expect(of('anna')).toEqual([['r1', 2, at(10), null]])
  })

  it('given an account that a fact names, when asked for rooms to look at from another time, then those are left out that it cannot have owned', async () => {
    const { directory } = await given({
      ended: [roomEvent(created('ended', 'anna'), 0), roomEvent(destroyed('ended'), 5), roomEvent(ownerChanged('ended', 'anna', 'zoe'), 6)],
      held: [roomEvent(created('held', 'anna'), 3, { recordedAt: at(30) })],
      named: [roomEvent(ownerChanged('named', 'anna', 'berta'), 1)],
    })
    const rooms = (account: string, query: object, from = '') => directory.roomsNaming(account, { from, limit: 9, ...query })
    expect(rooms('anna', { at: at(4) })).toEqual(['ended', 'held'])
    expect(rooms('anna', { at: at(2) })).toEqual(['ended'])
    expect(rooms('anna', { at: at(5) })).toEqual(['held'])
    expect(rooms('anna', { knownAt: at(29) })).toEqual(['ended', 'named'])
    expect(rooms('anna', { at: at(5), knownAt: at(29) })).toEqual(['ended'])
    expect(rooms('anna', { knownAt: at(30) }, 'held')).toEqual(['held', 'named'])
    expect(rooms('zoe', { at: at(6) })).toEqual([])
    expect(rooms('zoe', { knownAt: at(6) })).toEqual(['ended'])
    expect(directory.roomsNaming('anna', { knownAt: at(30), from: '', limit: 1 })).toEqual(['ended'])
  })
})
