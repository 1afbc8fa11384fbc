import type { JsonObject } from '#event-store'
import { created, destroyed, fact, looselyCreated, named, seen } from './history.js'
import type { Fed } from './run.js'

/** What a remote user can put into an event, one story of one room each: facts, and the requests before them. */
export interface HostileCase {
  readonly what: string
  readonly events: readonly Fed[]
}

const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('')
/** As escapes look in JSON, but meant as they stand: backslashes in front of letters. */
const lookalikes = '\\n \\u000a \\\\u0000 \\\\\\n \\" \\\\" \\u2028 %0A %25 \\'
const marks = '\uffff \uffffn \uffffu000a \uffffffff \uffffx \ufffe \ufffd'
export const characters: Readonly<Record<string, string>> = {
  'a line feed': '\n',
  'a NUL': '\0',
  'all control characters': `a${controls}b\u007f\u0085`,
  'line and paragraph separators': 'a\u2028b\u2029c',
  'texts that look like escapes': lookalikes,
  'escapes next to texts that look like them': `\n\\n\0\\u0000\\\n\\\\\0"\n"\t\\`,
  'the sign that others are marked with': marks,
  'all of it at once': `${controls}${lookalikes}\u2028${marks}\n${lookalikes}${marks}\0`,
  'half surrogate pairs': 'a\ud83d b\ude00 \ude00\ud83d',
  'emoji and signs beyond the BMP': '😀👩‍👩‍👧‍👦𝒳\u{10ffff}\ue000\u202e\u200d\ufeff',
  'nothing at all': '',
  'only blanks': ' \u00a0\u3000',
}

/** Names that JavaScript, or a text that codes names, might take for its own. */
const reserved = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'prototype',
  'valueOf',
  'toJSON',
  'length',
  '',
  '0',
  '7',
  '-1',
  '1e3',
  '4294967295',
  'admin.x',
  'metadata.x',
  'admins',
  '$init',
  'u0000',
]
const object = (pairs: readonly (readonly [string, string])[]): JsonObject => Object.fromEntries(pairs)
const evidence = (body: string): JsonObject => ({ callback: { command: 'c', body } })

/** A life in which names and values hold a text, everywhere where a remote user's may stand, and come up again later. */
const lifeWith = (text: string): Fed[] => {
  const actor = { actor: { kind: 'account', id: text }, ...evidence(JSON.stringify({ [text]: text }, null, 2)) }
  const asked = { requestedBy: { kind: 'apiKey', id: 'k', onBehalfOf: text }, reason: text }
  return [
    fact(1, 'RoomCreationRequested', { operationId: 'op-1', parameters: {}, ...asked }),
    fact(2, 'OwnerChangeRequested', { operationId: 'op-2', parameters: { newOwner: text }, ...asked }),
    fact(10, 'RoomCreated', { owner: text, info: { roomName: text, notice: text } }, { operationId: 'op-1', ...actor }),
    fact(20, 'RoomMetadataSet', { entries: { [text]: text, plain: text, [`${text}!`]: 'x' } }, actor),
    fact(21, 'RoomMetadataSet', { entries: { [text]: 'after', plain: 'after' } }),
    fact(22, 'RoomMetadataSet', { entries: { [text]: text } }, actor),
    fact(30, 'RoomMetadataDeleted', { keys: [text, `${text}!`, 'never'] }),
    fact(40, 'RoomAdminsChanged', { change: 'add', admins: [text, `${text}2`, 'bob'] }, actor),
    fact(41, 'RoomAdminsChanged', { change: 'delete', admins: [text] }),
    fact(50, 'OwnerChanged', { from: text, to: `${text}3` }, { operationId: 'op-2', ...actor }),
    fact(35, 'RoomMetadataSet', { entries: { [text]: `${text}late` } }),
    looselyCreated(45, { roomName: `${text}4` }),
    seen(60, text, { roomName: text, notice: `${text}5` }),
    destroyed(70, text, { roomName: `${text}6`, owner: text, viewCount: 1 }),
    fact(80, 'RoomMetadataSet', { entries: { [text]: text } }),
    created(75, { notice: text }, text),
    fact(90, 'RoomUpdated', { info: { roomName: 'end' } }),
  ]
}

const many = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i}`)
const nested = (depth: number): JsonObject => JSON.parse(`${'{"a":['.repeat(depth)}1${']}'.repeat(depth)}`) as JsonObject

export const hostileCases: readonly HostileCase[] = [
  ...Object.entries(characters).map(([what, text]) => ({ what, events: lifeWith(text) })),
  ...reserved.map((name) => ({ what: `the name ${JSON.stringify(name)}`, events: lifeWith(name) })),
  {
    what: 'reserved names all together',
    events: [
      created(1),
      fact(2, 'RoomMetadataSet', { entries: object(reserved.map((name) => [name, name])) }),
      fact(3, 'RoomAdminsChanged', { change: 'add', admins: reserved.filter((name) => name !== '') }),
      fact(4, 'RoomMetadataSet', { entries: object(reserved.toReversed().map((name) => [name, 'again'])) }),
      fact(5, 'RoomMetadataDeleted', { keys: reserved }),
    ],
  },
  {
    what: 'odd numbers',
    events: [0, -0, Infinity, 1e308, 5e-324, 1e21, 1e-7, 2 ** 53 + 1, 0.1 + 0.2, -1.5].flatMap((number, i) => [
      fact(i * 2, 'RoomUpdated', { info: { maxMemberCount: Number.isFinite(number) ? number : null, category: [number, i] } }),
      fact(i * 2 + 1, 'RoomUpdated', { info: { maxMemberCount: 1 } }),
    ]),
  },
  {
    what: 'deep JSON where nothing is expected',
    events: [
      fact(1, 'RoomCreated', { owner: 'ann', info: {}, unknown: nested(30) }, { unknown: nested(30) }),
      fact(2, 'RoomUpdated', { info: { roomName: 'B' } }, evidence(JSON.stringify(nested(1000)))),
    ],
  },
  {
    what: 'very long values',
    events: [
      created(1, { notice: 'n'.repeat(250_000) }),
      fact(2, 'RoomUpdated', { info: { notice: '\\"\n\0\u2028'.repeat(8_000) } }, evidence('{\n"a":"\\n"\n}'.repeat(20_000))),
      fact(3, 'RoomMetadataSet', { entries: { [`k${'\n'.repeat(20_000)}`]: 'v' } }),
      fact(4, 'RoomMetadataSet', { entries: { [`k${'\n'.repeat(20_000)}`]: '\0'.repeat(20_000) } }),
      named(5, 'end'),
    ],
  },
  {
    what: '10,000 keys in one callback',
    events: [
      created(1, { roomName: 'A' }),
      fact(2, 'RoomMetadataSet', { entries: object(many(10_000, 'k').map((key) => [key, 'v'])) }),
      fact(3, 'RoomMetadataSet', { entries: object(many(10_000, 'k').map((key) => [key, 'w'])) }),
      fact(4, 'RoomMetadataDeleted', { keys: many(10_000, 'k') }),
      fact(1, 'RoomMetadataDeleted', { keys: many(10_000, 'k') }),
      fact(5, 'RoomUpdated', { info: { roomName: 'B' } }),
    ],
  },
  {
    what: '10,000 keys with control characters in one callback',
    events: [
      created(1, { roomName: 'A' }),
      fact(2, 'RoomMetadataSet', { entries: object(many(10_000, '\n').map((key) => [key, '\0'])) }),
      fact(3, 'RoomMetadataSet', { entries: object(many(10_000, '\n').map((key) => [key, '\t'])) }),
      named(5, 'B'),
    ],
  },
  {
    what: '10,000 admins in one callback',
    events: [
      created(1, { roomName: 'A' }),
      fact(5, 'RoomAdminsChanged', { change: 'add', admins: many(10_000, 'a') }),
      fact(3, 'RoomAdminsChanged', { change: 'delete', admins: many(10_000, 'a') }),
      fact(7, 'RoomAdminsChanged', { change: 'delete', admins: many(10_000, 'a') }),
      named(8, 'B'),
    ],
  },
]
