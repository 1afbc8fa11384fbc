import { describe, expect, it } from 'vitest'
import { projectionDefinitions } from '#projections'
import { characters, hostileCases } from './hostile-events.js'
import { created, fact, historyOf } from './history.js'
import { project } from './run.js'

describe('what a remote user can put into an event, on the embedded engine', () => {
  it.each(hostileCases.map(({ what, events }) => [what, events] as const))(
    'given %s, then a state that was read back leads to the same entries, and stays bounded',
    (_, events) => {
      for (const { source } of projectionDefinitions) {
        const [warm, cold] = [project(source), project(source)]
        const numbered = events.map((event, index) => ({ ...event, id: `id-${index}` }))
        warm.feed(...numbered)
        for (const event of numbered) {
          cold.feed(event)
          cold.restart()
        }
        expect(cold.emitted).toEqual(warm.emitted)
        expect(cold.partitions.get('room-1')!.state!.length).toBeLessThan(256 * 1024)
      }
    },
    60_000,
  )

  it.each(Object.entries(characters).filter(([what]) => what !== 'half surrogate pairs'))(
    'given %s as key, value and account, then entries show exactly that',
    (_, text) => {
      const { entries } = historyOf(
        created(1, { roomName: text }, text),
        fact(2, 'RoomMetadataSet', { entries: { [text]: text } }),
        fact(3, 'RoomMetadataDeleted', { keys: [text] }),
        fact(4, 'RoomAdminsChanged', { change: 'add', admins: [text] }),
      )
      expect(entries.map(({ changes }) => changes)).toEqual([
        [
          { field: 'owner', before: null, after: text, applied: true },
          { field: 'roomName', before: null, after: text, applied: true },
        ],
        [{ field: `metadata.${text}`, before: null, after: text, applied: true }],
        [{ field: `metadata.${text}`, before: text, after: null, applied: true }],
        [{ field: 'admins', before: [], after: [text], applied: true }],
      ])
    },
  )

  it('given half a surrogate pair, then U+FFFD stands for it', () => {
    const { last } = historyOf(created(1), fact(2, 'RoomMetadataSet', { entries: { 'a\ud83d': '\ude00😀' } }))
    expect(last.changes).toEqual([{ field: 'metadata.a\ufffd', before: null, after: '\ufffd😀', applied: true }])
  })

  it('given more values than one fact may have, then the first are shown, and how many are left out', () => {
    const entries = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`k${index}`, 'v']))
    const { last } = historyOf(created(1), fact(2, 'RoomMetadataSet', { entries }))
    expect(last.changes).toHaveLength(128)
    expect(last).toMatchObject({ omitted: 872 })
  })
})
