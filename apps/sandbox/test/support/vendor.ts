import { signUserSig } from '#live-engine/wire'
import { createSandbox, SANDBOX_SECRET_KEY, type Sandbox, type SandboxOptions } from '../../src/index.js'

export interface Answer {
  ActionStatus: string
  ErrorCode: number
  ErrorInfo: string
  RequestId: string
  Response?: Record<string, unknown>
}

export interface CallOptions {
  /** Query parameters to put in place; null leaves one out. */
  query?: Record<string, string | null>
  service?: string
  /** Sent as it is, instead of the body as JSON. */
  raw?: string
  method?: string
  signal?: AbortSignal
}

export function userSig(
  parts: { sdkAppId?: number; identifier?: string; key?: string; issuedAt?: number; lifetime?: number } = {},
): string {
  return signUserSig({
    sdkAppId: parts.sdkAppId ?? 1400000000,
    identifier: parts.identifier ?? 'administrator',
    secretKey: parts.key ?? SANDBOX_SECRET_KEY,
    time: parts.issuedAt ?? Math.floor(Date.now() / 1000),
    expire: parts.lifetime ?? 3600,
  })
}

/** A client of the vendor's wire, with a signature of its own. */
export function vendorAt(url: string) {
  const usersig = userSig()
  const raw = (command: string, body: unknown, options: CallOptions = {}): Promise<Response> => {
    const query = new URLSearchParams()
    const parameters = { sdkappid: '1400000000', identifier: 'administrator', usersig, random: '42', contenttype: 'json', ...options.query }
    for (const [name, value] of Object.entries(parameters)) if (value !== null) query.set(name, value)
    const method = options.method ?? 'POST'
    return fetch(`${url}/v4/${options.service ?? 'live_engine_http_srv'}/${command}?${query}`, {
      method,
      body: method === 'GET' ? undefined : (options.raw ?? JSON.stringify(body)),
      headers: { 'content-type': 'application/json' },
      signal: options.signal,
    })
  }
  const call = async (command: string, body: unknown = {}, options: CallOptions = {}): Promise<Answer> => {
    const response = await raw(command, body, options)
    if (response.status !== 200) throw new Error(`HTTP ${response.status} for ${command}`)
    return (await response.json()) as Answer
  }
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${url}/_sandbox/${path}`, { method, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Record<string, unknown> }
  }
  return {
    raw,
    call,
    control,
    code: async (command: string, body: unknown = {}, options: CallOptions = {}) => (await call(command, body, options)).ErrorCode,
    create: (roomId: string, info: Record<string, unknown> = {}) =>
      call('create_room', { RoomInfo: { RoomId: roomId, RoomType: 'Live', SeatTemplate: 'VideoDynamicGrid9Seats', ...info } }),
    info: async (roomId: string) =>
      (await call('get_room_info', { RoomId: roomId })).Response?.['RoomInfo'] as Record<string, unknown> | undefined,
    act: (roomId: string, account: string, deed: string, more: Record<string, unknown> = {}) =>
      control('POST', 'act', { roomId, account, deed, ...more }),
    rooms: async () => (await control('GET', 'rooms')).body['items'] as Record<string, unknown>[],
  }
}

export type Vendor = ReturnType<typeof vendorAt>

/** A sandbox on a free port, and its client. */
export async function startSandbox(options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; vendor: Vendor }> {
  const sandbox = createSandbox({ createIntervalMs: 0, ...options })
  const url = await sandbox.listen(0)
  return { sandbox, vendor: vendorAt(url) }
}
