import type { Operation } from '#room'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { dueAt, type Waits } from './due.js'
import { reconcile, settle, type SettleParts } from './settle.js'

export interface SettlerParts extends SettleParts {
  readonly waits: Waits
  /** Open operations, oldest first. */
  readonly openOperations: () => Promise<readonly Operation[]> | readonly Operation[]
  readonly ledger: RoomLedger
  readonly onError: (error: unknown, roomId: string) => void
}

const tickMs = 250
const firstRetryMs = 500
const longestRetryMs = 30_000

/**
 * Sees to it that no operation stays open: looks over the open ones a few times a second and settles those that are
 * due, one after another, backing off from those that the vendor gives no answer on. A restart loses nothing: what is
 * open stands in the ledger.
 */
export const createSettler = (parts: SettlerParts) => {
  const retries = new Map<string, { at: number; waitMs: number }>()
  const rooms = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const isDue = async (operation: Operation, at: number): Promise<boolean> => {
    const retry = retries.get(operation.operationId)
    if (retry) return retry.at <= at
    const { life } = await parts.ledger.load(operation.roomId)
    return dueAt(operation, life, parts.waits) <= at
  }

  const attempt = async (key: string, roomId: string, work: () => Promise<boolean>): Promise<void> => {
    const done = await work().catch((error: unknown) => {
      parts.onError(error, roomId)
      return false
    })
    if (done) return void retries.delete(key)
    const waitMs = Math.min(longestRetryMs, (retries.get(key)?.waitMs ?? firstRetryMs / 2) * 2)
    retries.set(key, { at: Date.now() + waitMs, waitMs })
  }

  const look = async (): Promise<void> => {
    const open = await parts.openOperations()
    for (const operation of open)
      if (timer && (await isDue(operation, Date.now())))
        await attempt(operation.operationId, operation.roomId, () => settle(parts, operation))
    for (const roomId of rooms) {
      if (!timer || (retries.get(`room ${roomId}`)?.at ?? 0) > Date.now()) continue
      await attempt(`room ${roomId}`, roomId, async () => (await reconcile(parts, roomId)) && rooms.delete(roomId))
    }
    const known = new Set(open.map(({ operationId }) => operationId))
    for (const key of retries.keys()) if (!known.has(key) && !key.startsWith('room ')) retries.delete(key)
  }

  return {
    start: (): void => {
      timer = setInterval(() => {
        running ??= look()
          .catch((error: unknown) => parts.onError(error, ''))
          .finally(() => (running = undefined))
      }, tickMs)
    },
    /** Waits for the look under way. */
    stop: async (): Promise<void> => {
      clearInterval(timer)
      timer = undefined
      await running
    },
    /** The ledger and the vendor seem to differ on a room: ask at the next tick. */
    askAbout: (roomId: string): void => void rooms.add(roomId),
  }
}
export type Settler = ReturnType<typeof createSettler>
