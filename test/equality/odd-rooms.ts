import type { JsonObject } from '#event-store'
import { created, destroyed, fact, looselyCreated, named, seen } from '../../libs/projections/test/history.js'
import type { Fed } from '../../libs/projections/test/run.js'

/** A room that chance would not make. */
export interface OddRoom {
  readonly what: string
  /** Default: one that is given. */
  readonly id?: string
  readonly events: readonly Fed[]
  /** Every append is made twice, as after a lost answer: same ids, same expectation. */
  readonly appendedTwice?: boolean
  /**
   * What somebody does at the server to the stream, after so many of its events: once the projection has seen them, or
   * before it has seen any. The embedded store knows no such deed.
   */
  readonly removed?: { readonly after: number; readonly how: 'deleted' | 'tombstoned'; readonly seen: boolean }
}

/** A life with all kinds of facts, and the requests that asked for them. */
const life = (metadata: JsonObject = {}): Fed[] => [
  fact(
    0,
    'RoomCreationRequested',
    { operationId: 'o1', parameters: {}, requestedBy: { kind: 'apiKey', id: 'k' }, reason: 'why' },
    metadata,
  ),
  fact(100, 'RoomCreated', { owner: 'ann', info: { roomName: 'First' } }, { operationId: 'o1', ...metadata }),
  fact(200, 'RoomMetadataSet', { entries: { level: '1', theme: 'dark' } }, metadata),
  fact(150, 'RoomUpdated', { info: { roomName: 'late', notice: 'n' } }, metadata),
  fact(300, 'RoomAdminsChanged', { change: 'add', admins: ['ben', 'carla'] }, metadata),
  fact(400, 'OwnerChanged', { from: 'ann', to: 'ben' }, metadata),
  fact(500, 'RoomDestroyed', { cause: 'DestroyByUser', lastInfo: { roomName: 'Last' } }, metadata),
  fact(600, 'RoomUpdated', { info: { roomName: 'too late' } }, metadata),
]

/** The vendor's limit is 48 bytes; control characters are refused, all else is taken. */
const ids: readonly string[] = [
  'a/b/../c',
  'with blanks, and  two',
  ' blank first and last ',
  `"double" 'single' \`back\``,
  'back\\slash\\u0041\\n',
  'Zoë-管理员-комната',
  '😀👩‍👩‍👧‍👦',
  '\u202eright to left',
  'separators\u2028and\u2029',
  'at@sign 3@room-1',
  '-begins-with-dashes--',
  '$begins with a dollar',
  '%2F%00?query&x=1#hash',
  '__proto__',
  'constructor',
  '007',
  '0',
  'a,b;c:d|e{f}[g]<h>',
  'r'.repeat(48),
  '间'.repeat(16),
  '😀'.repeat(12),
]

const callback = (bodySha256: string): JsonObject => ({
  callback: {
    command: 'Live.CallbackAfterUpdateRoomInfo',
    receivedFrom: '10.0.0.1',
    bodySha256,
    body: `{"CallbackCommand":"${bodySha256}"}`,
  },
})
const repeated = named(200, 'same')
const carried = fact(300, 'RoomUpdated', { info: { notice: 'said twice' } }, callback('ab'))

export const oddRooms: readonly OddRoom[] = [
  {
    what: 'more lives than are remembered, each with a fact that comes late',
    events: Array.from({ length: 12 }, (_, n) => [
      created(n * 100, { roomName: `life ${n}` }),
      destroyed(n * 100 + 50),
      named(n * 100 + 20, 'late'),
    ]).flat(),
  },
  {
    what: 'lives whose destroy was lost',
    events: Array.from({ length: 12 }, (_, n) => created(n * 100, { roomName: `superseded ${n}` })),
  },
  {
    what: 'more open requests than are kept',
    events: [
      ...Array.from({ length: 80 }, (_, n) =>
        fact(n, 'OwnerChangeRequested', { operationId: `o${n}`, parameters: {}, requestedBy: { kind: 'oidc', id: 'x' } }),
      ),
      ...Array.from({ length: 80 }, (_, n) => fact(100 + n, 'OwnerChanged', { from: 'a', to: `p${n}` }, { operationId: `o${n}` })),
    ],
  },
  {
    what: 'more keys than are kept',
    events: Array.from({ length: 20 }, (_, n) =>
      fact(n, 'RoomMetadataSet', { entries: Object.fromEntries(Array.from({ length: 30 }, (_x, k) => [`k${n}-${k}`, `${k}`])) }),
    ),
  },
  {
    what: 'keys deleted that never were',
    events: Array.from({ length: 20 }, (_, n) =>
      fact(n, 'RoomMetadataDeleted', { keys: Array.from({ length: 10 }, (_x, k) => `k${n}-${k}`) }),
    ),
  },
  {
    what: 'a room id used again within a second',
    events: [
      created(0),
      looselyCreated(1_000),
      destroyed(1_400),
      looselyCreated(1_000, { roomName: 'again' }),
      destroyed(1_900),
      seen(1_950, 'ben'),
    ],
  },
  ...ids.map((id) => ({ what: `the room id ${JSON.stringify(id)}`, id, events: life() })),
  {
    what: 'a fact under a second id',
    events: [created(0), repeated, repeated, named(250, 'other'), repeated, destroyed(300), destroyed(300)],
  },
  { what: 'all facts of a life under a second id', events: [...life(), ...life()] },
  { what: 'a callback under a second id', events: [created(0), carried, carried, named(400, 'next'), carried] },
  { what: 'a callback delivered again, under the id that it had', events: [created(0), carried, named(400, 'next')], appendedTwice: true },
  {
    what: 'correlation and causation',
    events: life({ $correlationId: '7b0c6c1e-5b0e-4c52-9d7c-0f3c0f6f0001', $causationId: '7b0c6c1e-5b0e-4c52-9d7c-0f3c0f6f0002' }),
  },
  { what: 'a correlation that is no uuid', events: life({ $correlationId: 'operation "1"\\ 管理员', $causationId: '' }) },
  { what: 'a causation alone', events: life({ $causationId: 'o1' }) },
  { what: 'a stream deleted once it was seen', events: life(), removed: { after: 8, how: 'deleted', seen: true } },
  {
    what: 'a stream deleted once it was seen, then written on',
    events: [...life(), ...life()],
    removed: { after: 8, how: 'deleted', seen: true },
  },
  { what: 'a stream tombstoned once it was seen', events: life(), removed: { after: 8, how: 'tombstoned', seen: true } },
  { what: 'a stream deleted before it was seen', events: life(), removed: { after: 8, how: 'deleted', seen: false } },
  {
    what: 'a stream deleted before it was seen, then written on',
    events: [...life(), ...life()],
    removed: { after: 8, how: 'deleted', seen: false },
  },
  { what: 'a stream tombstoned before it was seen', events: life(), removed: { after: 8, how: 'tombstoned', seen: false } },
]
