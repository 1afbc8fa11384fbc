import { callbackCommands, otherCallbackCommands, signCallback } from '#live-engine/wire'
import { sdkAppId, token } from '../../world.js'
import { mutate, spoil, type Chooser } from './junk.js'
import type { RawRequest } from './raw-http.js'

/** Bodies as the vendor's pages show them. */
const bodies: readonly ((roomId: string, time: number, choose: Chooser) => { readonly CallbackCommand: string })[] = [
  (RoomId, EventTime) => ({
    CallbackCommand: callbackCommands.created,
    Operator_Account: 'administrator',
    RoomInfo: {
      RoomId,
      RoomName: 'Evening',
      RoomType: 'Live',
      Owner_Account: 'anna',
      CreateTime: Math.floor(EventTime / 1000),
      Category: [1],
    },
    EventTime,
  }),
  (RoomId, EventTime, { below }) => ({
    CallbackCommand: callbackCommands.updated,
    Operator_Account: 'anna',
    RoomInfo: { RoomId, RoomName: `Name ${below(100)}`, MaxMemberCount: 300, IsMessageDisabled: false, CoverURL: '', Category: [1, 2, 3] },
    EventTime,
  }),
  (RoomId, EventTime, { below }) => ({
    CallbackCommand: callbackCommands.ownerChanged,
    RoomId,
    EventTime,
    Operator_Account: 'administrator',
    CurrentOwner_Account: `owner-${below(10)}`,
    OriginalOwner_Account: `owner-${below(10)}`,
  }),
  (RoomId, EventTime, { pick }) => ({
    CallbackCommand: callbackCommands.destroyed,
    Operator_Account: '@TIM#SYSTEM',
    RoomId,
    EventType: pick(['DestroyByUser', 'DestroyBySystem']),
    EventTime,
    RoomInfo: { RoomName: 'Evening', RoomType: 'Live', Owner_Account: 'anna', ViewCount: 3 },
    Statistic: { TotalViewers: 1, TotalGiftsSent: 2, TotalGiftCoins: 3, TotalUniqueGiftSenders: 4, TotalLikesReceived: 5 },
  }),
  (RoomId, EventTime, { below }) => ({
    CallbackCommand: callbackCommands.metadataSet,
    Operator_Account: 'anna',
    RoomId,
    Metadata: [{ Key: `k${below(5)}`, Value: 'v' }],
    EventTime,
  }),
  (RoomId, EventTime) => ({ CallbackCommand: callbackCommands.metadataDeleted, Operator_Account: 'anna', RoomId, Keys: ['k1'], EventTime }),
  (RoomId, EventTime, { pick }) => ({
    CallbackCommand: callbackCommands.adminsChanged,
    RoomId,
    EventTime,
    Operator_Account: 'anna',
    Admin_Account: ['ben', 'carl'],
    opType: pick(['add', 'delete']),
  }),
  (RoomId, EventTime, { pick }) => ({ CallbackCommand: pick(otherCallbackCommands), RoomId, EventTime, MemberList: [] }),
]

const contentTypes = [
  'application/json',
  'application/json',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  ';;',
  '',
]

/** A callback of which usually one thing is wrong, sometimes nothing, sometimes more. */
export const fuzzedCallback = (choose: Chooser, junk: readonly string[], roomIds: readonly string[]): RawRequest => {
  const { pick, chance, below } = choose
  const body = pick(bodies)(pick(roomIds), Date.now() - below(1_000_000), choose)
  const text = chance(0.2) ? JSON.stringify(body) : mutate(choose, junk, body)
  const bytes = chance(0.3) ? spoil(choose, text) : Buffer.from(text)
  const large = chance(0.002)
  return {
    method: chance(0.97) ? 'POST' : pick(['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY']),
    path: `${chance(0.97) ? '/callbacks/live' : pick(paths)}?${queryOf(choose, junk, body.CallbackCommand)}`,
    headers: [
      ['Content-Type', pick(contentTypes)],
      ...(chance(0.03) ? [['Content-Encoding', pick(['gzip', 'identity', 'br'])] as const] : []),
    ],
    body: large ? Buffer.alloc(256 * 1024 + pick([-1, 0, 1, 1000]), ' ') : bytes,
    ...(large && { ends: true }),
  }
}

const paths = [
  '/callbacks/live/',
  '/callbacks/live/secret',
  '/callbacks/live/../live',
  '/callbacks/%6Cive',
  '/Callbacks/Live',
  '/callbacks//live',
  '/callbacks/live/%2e%2e/%00',
  '/callbacks',
]

const queryOf = ({ pick, chance, below }: Chooser, junk: readonly string[], command: string): string => {
  const time = String(Math.floor(Date.now() / 1000))
  const pairs: [string, string][] = [
    ['SdkAppid', String(sdkAppId)],
    ['CallbackCommand', command],
    ['contenttype', 'json'],
    ['ClientIP', '127.0.0.1'],
    ['OptPlatform', pick(['Android', 'RESTAPI', 'iOS', ''])],
    ['RequestTime', time],
    ['Sign', signCallback(token, time)],
  ]
  if (chance(0.85)) return encode(pairs)
  const at = below(pairs.length)
  const [name, value] = pairs[at]!
  switch (below(6)) {
    case 0:
      pairs.splice(at, 1)
      break
    case 1:
      pairs.push([pick([name, name.toUpperCase()]), value])
      break
    case 2:
      pairs[at] = [pick([name.toLowerCase(), name.toUpperCase()]), value]
      break
    case 3:
      pairs[at] = [name, pick(junk)]
      break
    case 4:
      return `${encode(pairs)}&${pick(['%', '%zz', '&&&', '=', '__proto__=1', 'a[b]=c', '%00', '%F0%9F'])}`
    default:
      pairs.push([pick(junk), pick(junk)])
  }
  return encode(pairs)
}

const encode = (pairs: readonly [string, string][]): string =>
  pairs.map((pair) => pair.map((part) => encodeURIComponent(part.toWellFormed())).join('=')).join('&')
