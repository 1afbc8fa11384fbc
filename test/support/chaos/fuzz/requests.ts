import { mutate, spoil, type Chooser } from './junk.js'
import type { RawRequest } from './raw-http.js'

type Route = readonly [method: string, path: string, body?: (choose: Chooser, roomId: string) => object, query?: readonly string[]]

const info = ({ below }: Chooser): object => ({ roomName: `Name ${below(50)}`, maxMemberCount: 10, category: [1], isPublicVisible: true })

const page = [
  'limit=2',
  'limit=0',
  'limit=501',
  'limit=1e3',
  'cursor=abc',
  'cursor=W10',
  'cursor=WyIxIl0',
  'minPosition=AAAA',
  'minPosition=',
]
const list = [
  'status=active',
  'owner=anna',
  'category=1',
  'category=-0',
  'activityStatus=99999999999',
  'isPublicVisible=maybe',
  'updatedSince=2026-02-30T00:00:00Z',
  'updatedSince=9999-12-31T23:59:60Z',
  'since=-271821-04-20T00:00:00Z',
  'q=%25_%27%22',
  'q=%F0%9F%92%A9',
  'sort=-updatedAt',
  'sort=constructor',
]
const times = ['at=2026-01-01T00:00:00Z', 'at=2999-01-01T00:00:00Z', 'knownAt=now', 'knownAt=9999-12-31T23:59:59-01:00', 'at=']
const history = [
  'order=desc',
  'types=RoomCreated,OwnerChanged',
  'types=toString',
  'from=2026-01-01T00:00:00%2B14:00',
  'to=x',
  'include=operations',
]

const feed = [
  'after=start',
  'after=now',
  'after=x',
  'after=c3RhcnQ',
  'types=OwnerChanged',
  'types=toString',
  'wait=0',
  'wait=-1',
  'roomId=x',
]
const audit = [
  'size=0',
  'size=1',
  'size=1e9',
  'from=1&to=2',
  'from=2&to=1',
  'eventId=x',
  'format=vkey',
  'format=csv',
  'lateMs=-1',
  'kind=owner-gap',
]

/**
 * Everything that has an address, and what it takes; but for the live feed, whose answer has no end, and the export of the
 * whole ledger, which is as long as that.
 */
const routes: readonly Route[] = [
  ['POST', '/v1/rooms', (choose, roomId) => ({ roomId, seatTemplate: 'Karaoke', owner: 'anna', reason: 'fuzz', ...info(choose) })],
  ['PATCH', '/v1/rooms/{roomId}', (choose) => ({ reason: 'fuzz', ...info(choose) })],
  ['PUT', '/v1/rooms/{roomId}/owner', ({ below }) => ({ newOwner: `owner-${below(10)}` })],
  ['DELETE', '/v1/rooms/{roomId}', undefined, ['reason=because', 'reason=', `reason=${'x'.repeat(501)}`, 'force=1']],
  ['GET', '/v1/rooms', undefined, [...page, ...list]],
  ['GET', '/v1/rooms/{roomId}', undefined, [...page, ...times]],
  ['GET', '/v1/rooms/{roomId}/history', undefined, [...page, ...history, ...times]],
  ['GET', '/v1/rooms/{roomId}/owners', undefined, [...page, ...times]],
  ['GET', '/v1/rooms/{roomId}/operations', undefined, page],
  ['GET', '/v1/operations', undefined, [...page, ...list, 'requestedBy=all', 'roomId=x']],
  ['GET', '/v1/operations/{roomId}'],
  ['GET', '/v1/operations/00000000-0000-7000-8000-000000000000'],
  ['GET', '/v1/accounts/anna/ownerships', undefined, [...page, ...times]],
  ['POST', '/v1/rooms/{roomId}/reconcile'],
  ['GET', '/v1/projections'],
  ['GET', '/v1/quarantine', undefined, page],
  ['POST', '/v1/quarantine/{roomId}/replay'],
  ['GET', '/v1/events', undefined, [...page, ...feed]],
  ['PUT', '/v1/consumers/{roomId}', ({ below }) => ({ from: ['start', 'now', 'x'][below(3)] })],
  ['GET', '/v1/consumers/{roomId}'],
  ['GET', '/v1/consumers/{roomId}/events', undefined, [...page, ...feed]],
  ['POST', '/v1/consumers/{roomId}/ack', () => ({ cursor: 'start' })],
  ['DELETE', '/v1/consumers/{roomId}'],
  ['GET', '/v1/consumers', undefined, page],
  ['GET', '/v1/audit/checkpoints', undefined, page],
  ['GET', '/v1/audit/proofs/inclusion', undefined, audit],
  ['GET', '/v1/audit/proofs/consistency', undefined, audit],
  ['GET', '/v1/audit/public-key', undefined, audit],
  ['GET', '/v1/audit/public-keys'],
  ['GET', '/v1/audit/report', undefined, ['roomId=x', 'roomId=']],
  ['GET', '/v1/audit/anomalies', undefined, [...page, ...audit]],
  ['GET', '/v1/audit/access-log', undefined, page],
  ['GET', '/schemas/OwnerChanged/1'],
  ['GET', '/schemas/{roomId}/1'],
  ['GET', '/health/live'],
  ['GET', '/health/ready'],
  ['GET', '/metrics'],
  ['GET', '/problems/not-found'],
  ['GET', '/nothing/here'],
]

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']

/** As they stand in a path. The last of them is longer than any id. */
const oddIds = [
  '%00',
  '%2e%2e',
  '..',
  '%2F..%2F',
  '%ff',
  '%',
  '%zz',
  '%C0%80',
  'a%0d%0aX-Y:1',
  '%F0%9F%92%A9',
  '__proto__',
  'constructor',
  ';x',
  ' ',
  '%20',
  '%252e',
  '%EF%BB%BF',
  'a'.repeat(49),
  'b'.repeat(600),
  'c'.repeat(5000),
]

const oddHeaders: readonly (readonly [string, string])[] = [
  ['Idempotency-Key', ''],
  ['Idempotency-Key', 'two words'],
  ['Idempotency-Key', 'x'.repeat(256)],
  ['Idempotency-Key', '\xff\xfe'],
  ['If-Match', '*'],
  ['If-Match', '"0", "1"'],
  ['If-Match', 'W/"3"'],
  ['If-Match', '"99999999999999999999"'],
  ['If-Match', '"""'],
  ['If-None-Match', '*'],
  ['Prefer', 'wait=0'],
  ['Prefer', 'wait=-1'],
  ['Prefer', 'wait=1e9'],
  ['Prefer', 'wait='],
  ['Prefer', 'respond-async, wait="0"'],
  ['On-Behalf-Of', 'somebody'],
  ['On-Behalf-Of', 'x'.repeat(129)],
  ['Accept', 'text/html;q=0'],
  ['Accept-Encoding', 'gzip, *;q=0'],
  ['Range', 'bytes=0-0,-1'],
  ['Expect', '100-continue'],
  ['Origin', 'https://evil.example'],
  ['X-Forwarded-For', '1.2.3.4, %0a'],
  ['X-Request-Id', 'a\tb'],
  ['X-HTTP-Method-Override', 'DELETE'],
  ['Content-Encoding', 'gzip'],
  ['Upgrade', 'websocket'],
  ['Cookie', '__proto__=1'],
  ['Last-Event-ID', '-1'],
  ['constructor', 'x'],
  ['__proto__', 'x'],
]

/** After these the server ends the connection, or nobody could say where the next request begins. */
const breakingHeaders: readonly (readonly [string, string])[] = [
  ['Content-Length', '-1'],
  ['Content-Length', '1, 2'],
  ['Transfer-Encoding', 'gzip'],
  ['Transfer-Encoding', 'chunked, identity'],
  ['Bad Name', 'x'],
  ['X-Null', 'a\0b'],
  ['X-Large', 'x'.repeat(17_000)],
  ['Host', 'a\r\nHost: b'],
  ['Connection', 'close'],
]

/** An API request of which usually one thing is wrong, sometimes nothing. */
export const fuzzedRequest = (choose: Chooser, junk: readonly string[], roomIds: readonly string[], credential: string): RawRequest => {
  const { pick, chance, below } = choose
  const [usual, pattern, makeBody, queries = []] = pick(routes)
  const roomId = pick(roomIds)
  const method = chance(0.93) ? usual : pick(methods)
  const path = pathOf(choose, pattern.replace('{roomId}', chance(0.85) ? encodeURIComponent(roomId) : pick(oddIds)))
  const query = queryOf(choose, junk, queries)
  const breaks = chance(0.004)
  const large = chance(0.002)
  const body = bodyOf(choose, junk, makeBody?.(choose, roomId))
  return {
    method,
    path: `${path}${query}`,
    headers: [
      [
        'Authorization',
        chance(0.985) ? credential : pick(['', 'Bearer', 'Bearer  x', 'Basic YTpi', `${credential} ${credential}`, 'Bearer \xff']),
      ],
      ...(body || large
        ? [
            [
              'Content-Type',
              chance(0.95) ? 'application/json' : pick(['text/json', 'application/xml', '', 'application/json; charset=utf-16']),
            ] as const,
          ]
        : []),
      ...(chance(0.25) ? [['Idempotency-Key', `key-${below(400)}`] as const] : []),
      ...(chance(0.15) ? [pick(oddHeaders)] : []),
      ...(breaks ? [pick(breakingHeaders)] : []),
    ],
    ...(large ? { body: Buffer.alloc(256 * 1024 + below(3), ' ') } : body && { body }),
    ...((breaks || large) && { ends: true }),
  }
}

const pathOf = ({ chance, pick }: Chooser, path: string): string =>
  chance(0.97)
    ? path
    : pick([
        `/${path}`,
        `${path}/`,
        path.replace('/v1', '/v1/../v1'),
        path.replaceAll('/', '//'),
        path.toUpperCase(),
        `${path};a=b`,
        `http://evil.example${path}`,
        `${path}#fragment`,
        path.replace('/v', '/%76'),
        `${path}%00.json`,
      ])

const queryOf = ({ chance, pick, below }: Chooser, junk: readonly string[], queries: readonly string[]): string => {
  const dice = chance(0.5) ? 0 : below(10)
  if (dice < 4) return ''
  if (dice < 8 && queries.length > 0) return `?${pick(queries)}${chance(0.3) ? `&${pick(queries)}` : ''}`
  return `?${pick(['limit', 'q', '__proto__', 'constructor', 'limit[]', 'limit[a]', ''])}=${encodeURIComponent(pick(junk).toWellFormed())}`
}

const bodyOf = (choose: Chooser, junk: readonly string[], valid: object | undefined): Buffer | undefined => {
  const { chance, pick } = choose
  if (!valid) return chance(0.05) ? Buffer.from(pick(junk)) : undefined
  const text = chance(0.2) ? JSON.stringify(valid) : mutate(choose, junk, valid)
  return chance(0.3) ? spoil(choose, text) : Buffer.from(text)
}
