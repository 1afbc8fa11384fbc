import { setTimeout as delay } from 'node:timers/promises'
import { signCallback } from '#live-engine/wire'
import type { CommandKind } from '../steps.js'
import { sdkAppId, token } from '../world.js'
import type { Field } from './field.js'

/** A command as its client knows it: sent until it was answered, always with the same key; without one, until the line is cut. */
export interface Asked {
  readonly key: string | null
  readonly kind: CommandKind
  readonly roomId: string
  readonly body: object
  readonly sentAt: number
  /** When the first answer came, whatever it was. */
  firstAnsweredAt?: number
  answeredAt?: number
  operationId?: string
  /** HTTP statuses in their order; 0: the line was cut. */
  readonly statuses: number[]
}

/** Milliseconds for which a client asks again. */
const patience = 90_000

const request = (kind: CommandKind, roomId: string): readonly [method: string, path: string] => {
  const path = `/v1/rooms/${roomId}`
  switch (kind) {
    case 'create-room':
      return ['POST', '/v1/rooms']
    case 'update-room':
      return ['PATCH', path]
    case 'change-owner':
      return ['PUT', `${path}/owner`]
    case 'destroy-room':
      return ['DELETE', path]
  }
}

/** Clients of the service, and clients of the vendor, who send again what was not taken. */
export const clientsOf = (field: Field) => {
  const send = async (url: string, { kind, roomId, key, body }: Asked, wait: number) => {
    const [method, path] = request(kind, roomId)
    const withBody = kind !== 'destroy-room'
    const answer = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${field.secret}`,
        ...(key !== null && { 'Idempotency-Key': key }),
        ...(wait > 0 && { Prefer: `wait=${wait}` }),
        ...(withBody && { 'Content-Type': 'application/json' }),
      },
      ...(withBody && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(40_000),
    })
    const { operationId } = (await answer.json()) as { operationId?: string }
    return { status: answer.status, ...(operationId !== undefined && { operationId }) }
  }

  return {
    /** Sends until there is an answer other than "come again": 503, or a line that is cut (which tells nothing where there is no key). */
    command: async (asked: Asked, wait = 0, to: () => string = field.next): Promise<Asked> => {
      for (const deadline = Date.now() + patience; Date.now() < deadline; await delay(100)) {
        const { status, operationId } = await send(to(), asked, wait).catch(() => ({ status: 0, operationId: undefined }))
        asked.statuses.push(status)
        asked.firstAnsweredAt ??= performance.now()
        if (status === 0 && asked.key === null) break
        if (status === 0 || status === 503) continue
        asked.answeredAt = performance.now()
        if (operationId !== undefined) asked.operationId = operationId
        break
      }
      return asked
    },
    /** A callback of a vendor that never gives up. @returns whether it was acknowledged */
    callback: async (body: { readonly CallbackCommand: string }): Promise<boolean> => {
      const text = JSON.stringify(body)
      for (const deadline = Date.now() + patience; Date.now() < deadline; await delay(100)) {
        const RequestTime = String(Math.floor(Date.now() / 1000))
        const { CallbackCommand } = body
        const Sign = signCallback(token, RequestTime)
        const query = new URLSearchParams({ SdkAppid: String(sdkAppId), CallbackCommand, RequestTime, Sign })
        const status = await fetch(`${field.callbacks.url}/callbacks/live?${query}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: text,
          signal: AbortSignal.timeout(20_000),
        }).then(
          async (answer) => (await answer.text(), answer.status),
          () => 0,
        )
        if (status === 200) return true
      }
      return false
    },
    /** Something that a client does at the vendor, past the service; the vendor may refuse it. */
    act: async (roomId: string, deed: object): Promise<void> => {
      const body = JSON.stringify({ account: 'administrator', roomId, ...deed })
      await (await fetch(`${field.sandbox.url}/_sandbox/act`, { method: 'POST', body })).text()
    },
    get: async (path: string) => {
      const answer = await fetch(field.next() + path, { headers: { Authorization: `Bearer ${field.secret}` } })
      return { status: answer.status, body: JSON.parse(await answer.text()) }
    },
    reconcile: async (roomId: string): Promise<number> => {
      const headers = { Authorization: `Bearer ${field.secret}` }
      const answer = await fetch(`${field.next()}/v1/rooms/${roomId}/reconcile`, { method: 'POST', headers })
      await answer.text()
      return answer.status
    },
  }
}
export type Clients = ReturnType<typeof clientsOf>
