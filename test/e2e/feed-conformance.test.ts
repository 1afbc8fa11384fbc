import { readFile } from 'node:fs/promises'
import { Ajv, type ValidateFunction } from 'ajv'
import formats from 'ajv-formats'
import { CloudEvent } from 'cloudevents'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { eventTypes } from '#room'
import { stepsIn, vendorApi } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

interface Event extends Record<string, unknown> {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly dataschema: string
  readonly cursor: string
  readonly data: Record<string, unknown>
}

const prefix = `conform-${Date.now()}`
const roomId = `${prefix}-whole`
const info = {
  maxMemberCount: 100,
  category: [1, 2],
  activityStatus: 3,
  isPublicVisible: true,
  isMessageDisabled: false,
  coverUrl: 'https://example.org/a',
}

/** Lets every type of event occur: by command, by callback, by a look at the vendor. */
const everything = async (world: World): Promise<void> => {
  const steps = stepsIn(world)
  const told = (event: string, more: object) =>
    world
      .callback({ CallbackCommand: `Live.CallbackAfter${event}`, Operator_Account: 'anna', RoomId: roomId, EventTime: Date.now(), ...more })
      .expect(200)

  await steps
    .create(roomId, { ...info, reason: 'an evening of songs' })
    .set('Prefer', 'wait=10')
    .set('On-Behalf-Of', 'Zoë')
    .expect(200)
  await steps.update(roomId, { roomName: 'Second', notice: 'Welcome', takeSeatMode: 'ApplyToTake' })
  await steps.giveTo(roomId, 'ben').set('Prefer', 'wait=10').expect(200)
  await told('SetMetadata', { Metadata: [{ Key: '__proto__', Value: 'b' }] })
  await told('DelMetadata', { Keys: ['__proto__'] })
  await told('ModifyAdmin', { Admin_Account: [144115216631667826n.toString(), 'carl'], opType: 'add' })
  await steps.destroy(roomId).set('Prefer', 'wait=10').expect(200)
  // Refused by the vendor.
  await steps.giveTo(`${prefix}-absent`, 'ben').expect(404)
  // Without a clear answer, of a room that is there, and of one that never was.
  await steps.create(`${prefix}-lost`).set('Prefer', 'wait=10').expect(200)
  await steps.faults({ acceptThenTimeout: 1, drop: 1, commands: Object.values(vendorApi) })
  const lost = [await steps.update(`${prefix}-lost`, { roomName: 'Third' }), await steps.destroy(`${prefix}-never`)]
  await steps.faults()
  for (const { body } of lost) await steps.ended(body.operationId)
  // Gone without a word.
  await steps.faults({ drop: 1 })
  await steps.act('dissolve', `${prefix}-lost`)
  await steps.reconcile(`${prefix}-lost`).expect(200)
  await steps.faults()
}

describe('what the feed gives out', () => {
  let world: World
  let events: readonly Event[]
  beforeAll(async () => {
    world = await createWorld({ CONFIRMATION_TIMEOUT_MS: '300', LIVE_TIMEOUT_MS: '300' })
    const { cursor } = (await world.api('get', '/v1/events?after=now')).body
    await everything(world)
    const read = async () => {
      const { body } = await world.api('get', `/v1/events?after=${cursor}&limit=500`).expect(200)
      return (body.events as Event[]).filter(({ subject }) => subject.startsWith(prefix))
    }
    events = await eventually(read, (found) => eventTypes.every((type) => found.some((event) => event.type === `room-ledger.${type}`)))
  }, 60_000)
  afterAll(() => world.close())

  it('given every type of event, then each is as docs/asyncapi.yaml says, its data and all around it', async () => {
    const ajv = new Ajv({ strict: false, allErrors: true })
    formats.default(ajv)
    const { components } = parse(await readFile('docs/asyncapi.yaml', 'utf8')) as { readonly components: { readonly schemas: object } }
    ajv.addSchema({ components: { schemas: components.schemas } }, 'asyncapi')
    const validatorOf = ({ type }: Event) =>
      ajv.getSchema(`asyncapi#/components/schemas/${type.replace('room-ledger.', '')}Event`) as ValidateFunction

    for (const event of events) {
      const valid = validatorOf(event)
      expect([event, valid(event), valid.errors]).toEqual([event, true, null])
      // What it does not name, it does not let pass: neither around the data nor in it.
      expect(valid({ ...event, stranger: 1 })).toBe(false)
      expect(valid({ ...event, data: { ...event.data, stranger: 1 } })).toBe(false)
    }
  })

  it('given what an event calls its schema, when that is asked for without a credential, then the data is as it says', async () => {
    const ajv = new Ajv()
    for (const event of events) {
      const { status, headers, text } = await world.anonymous.get(event.dataschema).buffer(true)
      expect([status, headers['content-type']]).toEqual([200, 'application/schema+json; charset=utf-8'])
      const schema = JSON.parse(text) as { readonly $id: string }
      expect(schema.$id).toBe(event.dataschema)
      expect(ajv.validate(ajv.getSchema(schema.$id)?.schema ?? schema, event.data)).toBe(true)
    }
  })

  it('given every type of event, then the reader that CloudEvents has for Node takes it and gives it back whole', () => {
    for (const event of events) {
      // The schema's address is relative to the service's, whereas a strict reader knows absolute ones only.
      const absolute = { ...event, dataschema: new URL(event.dataschema, world.url).href }
      const read = new CloudEvent(absolute, true)
      expect(read.validate()).toBe(true)
      expect(JSON.parse(JSON.stringify(read))).toEqual(absolute)
      expect(Object.keys(event).filter((name) => !/^[a-z\d]{1,20}$/.test(name))).toEqual([])
    }
  })

  it('given a room, then its events tell who, when, in which life and by which operation', () => {
    const of = (type: string) => events.find((event) => event.type === `room-ledger.${type}` && event.subject === roomId)!
    const { data: requested, ...request } = of('RoomCreationRequested')
    const common = {
      specversion: '1.0',
      source: '/sdk-apps/1400000000',
      subject: roomId,
      partitionkey: roomId,
      datacontenttype: 'application/json',
      operationid: requested['operationId'],
      correlationid: requested['operationId'],
    }
    expect(request).toMatchObject({
      ...common,
      dataschema: '/schemas/RoomCreationRequested/1',
      revision: 0,
      origin: 'command',
      timesource: 'received',
      authtype: 'api_key',
      authid: 'all',
      time: request['recordedtime'],
    })
    expect(requested['requestedBy']).toEqual({ kind: 'apiKey', id: 'all', onBehalfOf: 'Zoë' })
    expect(Object.keys(request)).not.toContain('life')

    expect(of('RequestAccepted')).toMatchObject({ ...common, authtype: 'system', authid: 'room-ledger', causationid: request.id })
    expect(of('RoomCreated')).toMatchObject({
      ...common,
      origin: 'callback',
      life: 1,
      authtype: 'api_key',
      authid: 'administrator',
      causationid: request.id,
      attribution: 'unique',
    })
    const { operationid, causationid, attribution, ...foreign } = of('RoomAdminsChanged')
    expect([operationid, causationid, attribution]).toEqual([undefined, undefined, undefined])
    expect(foreign).toMatchObject({ life: 1, authtype: 'app_user', authid: 'anna', correlationid: foreign.id, timesource: 'eventTime' })
    expect(events.find(({ subject, data }) => subject === `${prefix}-never` && data['exists'] === false)).toMatchObject({
      life: 0,
      origin: 'reconciliation',
      timesource: 'observed',
      authtype: 'system',
    })
  })

  it('given a name that is no type, or a version that is none, then its schema is not found', async () => {
    for (const path of ['/schemas/Nothing/1', '/schemas/OwnerChanged/2', '/schemas/__proto__/1']) {
      const { status, body, headers } = await world.anonymous.get(path)
      expect([status, body.type, headers['content-type']]).toEqual([
        404,
        '/problems/not-found',
        expect.stringContaining('application/problem+json'),
      ])
    }
    const { body } = await world.anonymous.get('/schemas').expect(200)
    expect(body.items.map(({ type }: { type: string }) => type).toSorted()).toEqual(eventTypes.toSorted())
  })
})
