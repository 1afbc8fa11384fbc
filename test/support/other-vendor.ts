import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { inflateSync } from 'node:zlib'

export interface OtherVendorSettings {
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  readonly token: string
}

/** What the commands read of a call's body. */
interface Body {
  readonly RoomId?: string
  readonly NewOwner_Account?: string
  readonly RoomInfo?: Readonly<Record<string, string>>
}

interface Room {
  readonly name: string
  owner: string
}

/** Accounts go out as the vendor's samples have them: a long one of digits as a bare number (trtc 64423). */
const account = (id: string): string => (/^\d+$/.test(id) ? id : JSON.stringify(id))

/**
 * A second vendor, written after the vendor's pages alone: it shares no line with the service or its sandbox, and
 * differs from the sandbox where the pages leave room to: bare numbers, no RequestId, no totals, EventTime of a create
 * inside RoomInfo, and callbacks that overtake the answer they belong to.
 */
export const createOtherVendor = async ({ sdkAppId, adminAccount, secretKey, token }: OtherVendorSettings) => {
  const rooms = new Map<string, Room>()
  const calls: string[] = []
  const acknowledgements: unknown[] = []
  let callbackUrl = ''
  let gatewayBreaks = false

  /** Version 2.0 of the signature (trtc 69883). @returns 0, or the vendor's code for what is wrong. */
  const judge = (query: URLSearchParams): number => {
    if (query.get('sdkappid') !== String(sdkAppId)) return 60006
    if (query.get('contenttype') !== 'json' || !/^\d{1,10}$/.test(query.get('random') ?? '')) return 60025
    const packed = (query.get('usersig') ?? '').replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
    let sig: Record<string, unknown>
    try {
      sig = JSON.parse(inflateSync(Buffer.from(packed, 'base64')).toString('utf8'))
    } catch {
      return 70003
    }
    if (sig['TLS.ver'] !== '2.0' || sig['TLS.identifier'] !== query.get('identifier')) return 70013
    if (sig['TLS.sdkappid'] !== sdkAppId) return 70014
    const [time, expire] = [Number(sig['TLS.time']), Number(sig['TLS.expire'])]
    const signed = `TLS.identifier:${String(sig['TLS.identifier'])}\nTLS.sdkappid:${sdkAppId}\nTLS.time:${time}\nTLS.expire:${expire}\n`
    if (createHmac('sha256', secretKey).update(signed).digest('base64') !== sig['TLS.sig']) return 70009
    if (Date.now() / 1000 > time + expire) return 70001
    return sig['TLS.identifier'] === adminAccount ? 0 : 60010
  }

  const tell = async (command: string, fields: string): Promise<void> => {
    const requestTime = String(Math.floor(Date.now() / 1000))
    const sign = createHash('sha256')
      .update(token + requestTime)
      .digest('hex')
    const address = `${callbackUrl}?SdkAppid=${sdkAppId}&CallbackCommand=${command}&contenttype=json&Sign=${sign}&RequestTime=${requestTime}`
    const body = `{"CallbackCommand":"${command}","Operator_Account":${account(adminAccount)},${fields}}`
    const answer = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }).catch(() => undefined)
    // What reaches nobody is lost: the vendor does not try again.
    if (answer) acknowledgements.push(await answer.json())
  }

  const done = { code: 0, response: '' }
  const absent = { code: 100004, response: '' }
  const commands: Record<string, (body: Body) => Promise<typeof done>> = {
    create_room: async ({ RoomInfo = {} }: Body) => {
      const { RoomId = '', Owner_Account = adminAccount, RoomName = RoomId, RoomType, SeatTemplate } = RoomInfo
      if (RoomId === '' || RoomType !== 'Live' || !SeatTemplate) return { code: 100002, response: '' }
      if (rooms.has(RoomId)) return { code: 100003, response: '' }
      rooms.set(RoomId, { name: RoomName, owner: Owner_Account })
      const info = `"RoomId":"${RoomId}","RoomName":${JSON.stringify(RoomName)},"RoomType":"Live","Owner_Account":${account(Owner_Account)}`
      await tell(
        'Live.CallbackAfterCreateRoom',
        `"RoomInfo":{${info},"CreateTime":${Math.floor(Date.now() / 1000)},"EventTime":${Date.now()}}`,
      )
      return done
    },
    change_room_owner: async ({ RoomId = '', NewOwner_Account = '' }: Body) => {
      const room = rooms.get(RoomId)
      if (!room) return absent
      const owners = `"CurrentOwner_Account":${account(NewOwner_Account)},"OriginalOwner_Account":${account(room.owner)}`
      room.owner = NewOwner_Account
      await tell('Live.CallbackAfterChangeOwner', `"RoomId":"${RoomId}","EventTime":${Date.now()},${owners}`)
      return done
    },
    destroy_room: async ({ RoomId = '' }: Body) => {
      if (!rooms.delete(RoomId)) return absent
      await tell('Live.CallbackAfterDestroyRoom', `"RoomId":"${RoomId}","EventType":"DestroyByUser","EventTime":${Date.now()}`)
      return done
    },
    get_room_info: async ({ RoomId = '' }: Body) => {
      const room = rooms.get(RoomId)
      if (!room) return absent
      const info = `"RoomId":"${RoomId}","RoomName":${JSON.stringify(room.name)},"RoomType":"Live","Owner_Account":${account(room.owner)}`
      return { code: 0, response: `,"Response":{"RoomInfo":{${info},"TakeSeatMode":1}}` }
    },
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url!, 'http://vendor')
    calls.push(`${request.method} ${pathname}`)
    const command = commands[/^\/v4\/live_engine_http_srv\/(\w+)$/.exec(pathname)?.[1] ?? '']
    const body = await text(request)
    const fault = command ? judge(searchParams) : 60009
    const { code, response: more } = fault === 0 ? await command!(JSON.parse(body) as Body) : { code: fault, response: '' }
    if (gatewayBreaks && !pathname.endsWith('/get_room_info')) {
      response.statusCode = 502
      return void response.end('<html>Bad Gateway</html>')
    }
    response.setHeader('Content-Type', 'text/plain')
    response.end(`{"ActionStatus":"${code === 0 ? 'OK' : 'FAIL'}","ErrorCode":${code},"ErrorInfo":""${more}}`)
  }

  const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy())).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    rooms,
    /** Methods and paths that were called. */
    calls,
    /** What the callbacks were answered with. */
    acknowledgements,
    /** From now on writes are done, and their answers replaced by a 502 at once. */
    breakGateway: (breaks: boolean): void => void (gatewayBreaks = breaks),
    callBackAt: (url: string): void => void (callbackUrl = url),
    close: async (): Promise<void> => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
export type OtherVendor = Awaited<ReturnType<typeof createOtherVendor>>
