import { stringify } from 'yaml'
import { cloudEventType } from '../src/cloud-event.js'
import type { EventType } from './event-types.js'
import { channels, operations } from './async-api-channels.js'
import { asSchemas, refersTo, schemaOf, withNamesInlined, type Schema, type Schemas } from './types-to-schema.js'

const schemas = '#/components/schemas/'

/** The envelope of every event, with anything for `data`. */
export const readEnvelope = (): Schema => {
  const { $schema: _, definitions, ...envelope } = schemaOf('libs/feed/src/cloud-event.ts', 'CloudEvent')
  const properties = {
    ...asSchemas(envelope.properties),
    data: { type: 'object', description: 'What happened; its shape goes by `type`.' },
  }
  return withNamesInlined({ ...envelope, properties: properties as Schemas, ...(definitions && { definitions }) })
}

const eventOf = ({ type, version, description }: EventType): Schema => ({
  description,
  allOf: [
    { $ref: `${schemas}CloudEvent` },
    {
      properties: {
        type: { const: cloudEventType(type) },
        dataschema: { const: `/schemas/${type}/${version}` },
        data: { $ref: `${schemas}${type}` },
      },
    },
  ],
})

const page = (types: readonly EventType[]): Schema => ({
  type: 'object',
  description: 'Some events, and where to read on. Both may be as before: then there was nothing new.',
  properties: {
    events: { type: 'array', items: { oneOf: types.map(({ type }) => ({ $ref: `${schemas}${type}Event` })) } },
    cursor: { type: 'string', description: 'Read on `after` this. It moves on also where the filter leaves everything out.' },
  },
  required: ['events', 'cursor'],
  additionalProperties: false,
})

const schemasOf = (types: readonly EventType[]): Schemas => ({
  CloudEvent: readEnvelope(),
  ...Object.fromEntries(types.map((one) => [`${one.type}Event`, eventOf(one)])),
  ...Object.fromEntries(types.map(({ type, description, data }) => [type, { description, ...refersTo(data, schemas) }])),
  ...Object.assign({}, ...types.map(({ definitions }) => refersTo(definitions, schemas))),
  Page: page(types),
})

const messagesOf = (types: readonly EventType[]) => ({
  ...Object.fromEntries(
    types.map(({ type, description }) => [
      type,
      {
        name: cloudEventType(type),
        title: type,
        summary: description,
        contentType: 'application/cloudevents+json',
        correlationId: { location: '$message.payload#/correlationid' },
        payload: { $ref: `${schemas}${type}Event` },
      },
    ]),
  ),
  Page: {
    name: 'page',
    title: 'A page of events',
    summary: 'Events in the order of recording, and where to read on.',
    contentType: 'application/json',
    payload: { $ref: `${schemas}Page` },
  },
})

/** The text of docs/asyncapi.yaml (AsyncAPI 3.0). */
export const asyncApi = (types: readonly EventType[], version: string): string => {
  const names = types.map(({ type }) => type)
  const document = {
    asyncapi: '3.0.0',
    id: 'urn:room-ledger:feed',
    info: {
      title: 'Room Ledger: the feed',
      version,
      description:
        'What happened to the rooms, in the order in which it was recorded, as CloudEvents 1.0: to be read page by page, held ' +
        'for whoever waits, or sent as it is recorded. At least once; whoever keeps the last cursor misses nothing.',
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
      tags: [{ name: 'feed' }],
    },
    defaultContentType: 'application/cloudevents+json',
    servers: {
      local: {
        host: '127.0.0.1:3000',
        protocol: 'http',
        description: 'A service as it starts by default; elsewhere it is behind TLS.',
        security: [{ $ref: '#/components/securitySchemes/bearer' }],
      },
    },
    channels: channels(names),
    operations,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', description: 'An API key or a JWT with the scope `events:read`.' } },
      messages: messagesOf(types),
      schemas: schemasOf(types),
    },
  }
  return `# Made by \`npm run schemas\`; changes belong into libs/room/src/events.ts, libs/feed/src/cloud-event.ts or libs/feed/generate.\n${stringify(document, { lineWidth: 130, aliasDuplicateObjects: false })}`
}
