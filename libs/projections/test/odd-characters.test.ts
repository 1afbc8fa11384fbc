import { describe, expect, it } from 'vitest'
import { created, fact, historyOf } from './history.js'

// What EventStoreDB 22.10 stumbles over: its engine takes U+2028 and U+2029 in a body for the end of a line, and cannot
// read a state back in which a name has a control character.
describe('characters that EventStoreDB stumbles over', () => {
  const odd = 'a\nb\u0001c%0Ad\u2028e\u2029'

  it('given odd names of keys and accounts, then entries show them as they are, and no name in the state has a control character', () => {
    const { last, entries, state } = historyOf(
      created(0),
      fact(1, 'RoomMetadataSet', { entries: { [odd]: odd } }),
      fact(2, 'RoomMetadataSet', { entries: { [odd]: 'next' } }),
      fact(3, 'RoomAdminsChanged', { change: 'add', admins: [odd] }),
    )
    expect(entries[2]?.changes).toEqual([{ field: `metadata.${odd}`, before: odd, after: 'next', applied: true }])
    expect(last.changes).toEqual([{ field: 'admins', before: [], after: [odd], applied: true }])
    for (const life of state.lives) for (const name of Object.keys(life.fields)) expect(name).not.toMatch(/\p{Cc}/u)
  })

  it('given a mark that moves the values to another life, then names stay as they are', () => {
    const { youngest, last } = historyOf(
      created(0),
      fact(50, 'RoomMetadataSet', { entries: { [odd]: 'v' } }),
      created(40),
      fact(60, 'RoomMetadataDeleted', { keys: [odd] }),
    )
    expect(youngest?.n).toBe(2)
    expect(last.changes).toEqual([{ field: `metadata.${odd}`, before: 'v', after: null, applied: true }])
  })
})
