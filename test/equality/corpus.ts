import * as fc from 'fast-check'
import { v5 } from 'uuid'
import type { EventToAppend, JsonObject } from '#event-store'
import { created, destroyed, fact, looselyCreated, missed, seen } from '../../libs/projections/test/history.js'
import type { Fed } from '../../libs/projections/test/run.js'
import { oddRooms, type OddRoom } from './odd-rooms.js'

/** What one room's stream holds, and what else happens to it. */
export interface Room extends Omit<OddRoom, 'events'> {
  readonly id: string
  readonly events: readonly EventToAppend[]
}

const rooms = 200
const person = fc.constantFrom('ann', 'ben', 'carla', '144115216631667826', 'Zoë', '管理员', 'user:7')
const text = fc.oneof(fc.constantFrom('a', 'b', 'First', ''), fc.string({ unit: 'grapheme', maxLength: 12 }), fc.string({ maxLength: 12 }))
const key = fc.constantFrom('level', 'theme', 'k', 'toString', '__proto__', 'ключ', 'a.b')
/** Few moments, so that many facts share one: then rank and id decide. */
const moment = fc.integer({ min: 0, max: 40 }).map((n) => n * 250)
const operation = fc.integer({ min: 1, max: 80 }).map((n) => `operation-${n}`)
const requested = ['RoomCreationRequested', 'RoomUpdateRequested', 'OwnerChangeRequested', 'RoomDestructionRequested'] as const
const outcomes = ['RequestAccepted', 'RequestRejected', 'RequestUnresolved'] as const
const actor = fc.record({ kind: fc.constantFrom('account', 'apiClient', 'system'), id: person })

const info: fc.Arbitrary<JsonObject> = fc.record(
  {
    roomName: text,
    notice: text,
    maxMemberCount: fc.oneof(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom(2 ** 53, 0.1, 1e21)),
    isMessageDisabled: fc.boolean(),
    category: fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 3 }),
    isPublicVisible: fc.boolean(),
  },
  { requiredKeys: [] },
)

const factAt = (ms: number, metadata: JsonObject): fc.Arbitrary<Fed> =>
  fc.oneof(
    { weight: 4, arbitrary: info.map((changed) => fact(ms, 'RoomUpdated', { info: changed }, metadata)) },
    { weight: 4, arbitrary: fc.tuple(person, person).map(([from, to]) => fact(ms, 'OwnerChanged', { from, to }, metadata)) },
    { weight: 2, arbitrary: fc.dictionary(key, text, { maxKeys: 4 }).map((entries) => fact(ms, 'RoomMetadataSet', { entries }, metadata)) },
    { weight: 1, arbitrary: fc.array(key, { maxLength: 3 }).map((keys) => fact(ms, 'RoomMetadataDeleted', { keys }, metadata)) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom('add', 'delete'), fc.array(person, { maxLength: 3 }))
        .map(([change, admins]) => fact(ms, 'RoomAdminsChanged', { change, admins }, metadata)),
    },
    { weight: 1, arbitrary: fc.tuple(person, info).map(([owner, shown]) => created(ms, shown, owner)) },
    { weight: 1, arbitrary: info.map((shown) => looselyCreated(ms, shown)) },
    {
      weight: 1,
      arbitrary: fc.constantFrom('DestroyByUser', 'DestroyBySystem', null).map((cause) => destroyed(ms, cause, { roomName: 'Last' })),
    },
    { weight: 1, arbitrary: fc.tuple(person, info).map(([owner, shown]) => seen(ms, owner, shown)) },
    { weight: 1, arbitrary: fc.constant(missed(ms)) },
  )
const request = fc
  .tuple(moment, fc.constantFrom(...requested), operation, fc.option(text, { nil: undefined }))
  .map(([ms, type, operationId, reason]) =>
    fact(ms, type, {
      operationId,
      parameters: {},
      requestedBy: { kind: 'apiKey', id: 'dashboard' },
      ...(reason !== undefined && { reason }),
    }),
  )
const outcome = fc
  .tuple(moment, fc.constantFrom(...outcomes), operation)
  .map(([ms, type, operationId]) => fact(ms, type, { operationId, vendor: { requestId: 'r', errorCode: 0 } }))
const metadata: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 3, arbitrary: actor.map((by) => ({ actor: by })) },
  { weight: 1, arbitrary: fc.tuple(actor, operation).map(([by, operationId]) => ({ actor: by, operationId, attribution: 'unique' })) },
  {
    weight: 1,
    arbitrary: moment.map((ms) => ({ timeSource: 'observed', occurredAfter: new Date(ms).toISOString(), source: 'reconciliation' })),
  },
)
const event = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(moment, metadata).chain(([ms, meta]) => factAt(ms, meta)) },
  { weight: 2, arbitrary: request },
  { weight: 1, arbitrary: outcome },
)

/** Namespace of the corpus' event ids. */
const namespace = '5a0f6c0e-6a53-5f0c-8f0e-2b7f3d1c9e44'

/** The recorded corpus: the same events for the same seed, with the same ids, since an id decides where times are equal. */
export const corpus = (seed = 20_260_326): Room[] => {
  const random = fc.sample(fc.array(event, { minLength: 20, maxLength: 40, size: 'max' }), { seed, numRuns: rooms })
  const all: OddRoom[] = [...random.map((events, n) => ({ what: `random events ${n}`, events })), ...oddRooms]
  return all.map((room, n) => {
    const id = room.id ?? `r${n}`
    const events = room.events.map(({ type, data, metadata }, place) => ({
      id: v5(`${seed}/${n}/${place}`, namespace),
      type: type!,
      data: { ...data, roomId: id },
      metadata: metadata!,
    }))
    return { ...room, id, events }
  })
}
