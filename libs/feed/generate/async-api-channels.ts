import { now, start } from '../src/cursor.js'

const text = { type: 'string' }
const types = { ...text, description: 'Types of event (`OwnerChanged`), separated by commas. Left out: all.' }
const roomId = { ...text, description: 'Events of this room alone.' }
const after = { ...text, default: start, description: `Events behind this one: a cursor, \`${start}\`, or \`${now}\`.` }
const limit = { type: 'integer', minimum: 1, maximum: 500, default: 50, description: 'Events in the answer.' }
const wait = { type: 'integer', minimum: 0, maximum: 30, default: 0, description: 'Seconds to wait where there is none yet.' }
const key = {
  ...text,
  description: 'The credential, where the setting EVENTS_KEY_IN_QUERY allows it: for browsers, whose EventSource sends no headers.',
}

const refs = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]))

/** Where events come from. */
export const channels = (eventTypes: readonly string[]) => ({
  page: {
    address: '/v1/events',
    title: 'Pages of events',
    description: 'Ask again with the `cursor` of the answer. An empty page is no end: more may come.',
    messages: refs(['Page']),
  },
  stream: {
    address: '/v1/events/stream',
    title: 'Events as they are recorded',
    description:
      'Server-sent events: `id:` is the cursor, `event:` the `type` of the CloudEvent, `data:` the CloudEvent in one line. A comment ' +
      'comes at least every 15 s. Whoever takes nothing for 30 s is dropped, and goes on with `Last-Event-ID`.',
    messages: refs(eventTypes),
  },
  consumer: {
    address: '/v1/consumers/{name}/events',
    title: 'What a named consumer has not acknowledged yet',
    description:
      'The service keeps the cursor: `PUT /v1/consumers/{name}` begins one, `POST /v1/consumers/{name}/ack` moves it on. What is not ' +
      'acknowledged comes again.',
    parameters: { name: { description: 'Name of the consumer.' } },
    messages: refs(['Page']),
  },
})

const http = (query: object) => ({
  http: {
    method: 'GET',
    query: { type: 'object', properties: query, additionalProperties: false },
    bindingVersion: '0.3.0',
  },
})

/** What is done with them; `send` is said from the service's side. */
export const operations = {
  readPage: {
    action: 'send',
    title: 'Read a page',
    summary: 'Some events in the order of recording.',
    channel: { $ref: '#/channels/page' },
    bindings: http({ after, types, roomId, limit, wait }),
  },
  follow: {
    action: 'send',
    title: 'Follow',
    summary: 'All events from a cursor on, and then each as it is recorded.',
    description: 'The header `Last-Event-ID` goes before `after`.',
    channel: { $ref: '#/channels/stream' },
    bindings: http({ after, types, roomId, access_token: key }),
  },
  readAsConsumer: {
    action: 'send',
    title: 'Read as a named consumer',
    summary: 'Some events behind what the consumer has acknowledged.',
    channel: { $ref: '#/channels/consumer' },
    bindings: http({ limit, wait }),
  },
}
