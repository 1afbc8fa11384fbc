import type { Operation } from '#room'
import type { RoomLedger } from '../ledger/room-ledger.js'
import { dueAt, type Waits } from './due.js'
import { createRetries } from './retries.js'
import { reconcile, settle, type SettleParts } from './settle.js'
import { createWaiting } from './waiting.js'

export interface SettlerParts extends SettleParts {
  readonly waits: Waits
  /** The open operations behind `after`, oldest first; none when there are no more. */
  readonly openOperations: (after?: Operation) => readonly Operation[]
  /** Rooms behind `after` that the ledger cannot explain without the vendor; none when there are no more. */
  readonly roomsToAskAbout: (after?: string) => readonly string[]
  readonly ledger: RoomLedger
  readonly onError: (error: unknown, roomId: string) => void
}

const tickMs = 250
/** Between two looks for rooms that were to be asked about and were not: this process, or another one, ended before. */
const sweepMs = 30_000
/** Looks under way at the same time, each of another room: so that a vendor which hangs on some does not keep the others waiting. */
const mostAtOnce = 32

/**
 * Sees to it that no operation stays open: looks over all open ones a few times a second and settles those that are
 * due, backing off from those that the vendor gives no answer on: they go behind those that were not tried as often.
 * A restart loses nothing: what is open, and what is to be asked about, stands in the ledger.
 */
export const createSettler = (parts: SettlerParts) => {
  const retries = createRetries()
  const waiting = createWaiting()
  const rooms = new Set<string>()
  const underWay = new Map<string, Promise<void>>()
  let timer: NodeJS.Timeout | undefined
  let looking: Promise<void> | undefined
  let nextSweep = 0

  const dueOf = async (operation: Operation): Promise<number> => {
    const retry = retries.at(operation.operationId)
    if (retry !== undefined) return retry
    const end = (due: number) =>
      waiting.endOf(operation.operationId, operation.status, Date.parse(operation.answeredAt ?? operation.requestedAt), due)
    const soonest = end(dueAt(operation, undefined, { ...parts.waits, confirmationMs: parts.waits.promptMs }))
    if (soonest > performance.now()) return soonest
    return end(dueAt(operation, (await parts.ledger.load(operation.roomId)).life, parts.waits))
  }

  interface Task {
    readonly key: string
    readonly roomId: string
    readonly at: number
    readonly work: () => Promise<boolean>
  }

  const dueTasks = async (): Promise<readonly Task[]> => {
    const tasks: Task[] = []
    const open = new Set<string>()
    for (let page = parts.openOperations(); page.length > 0; page = parts.openOperations(page.at(-1)))
      for (const operation of page) {
        const { operationId, roomId } = operation
        open.add(operationId)
        if (!timer) return []
        tasks.push({ key: operationId, roomId, at: await dueOf(operation), work: () => settle(parts, operation) })
      }
    for (const roomId of rooms)
      tasks.push({
        key: `room ${roomId}`,
        roomId,
        at: retries.at(`room ${roomId}`) ?? 0,
        work: async () => {
          const answered = (await reconcile(parts, roomId)).outcome === 'looked'
          if (answered) rooms.delete(roomId)
          return answered
        },
      })
    retries.keepOnly((key) => open.has(key) || rooms.has(key.slice('room '.length)))
    waiting.keepOnly((key) => open.has(key))
    const now = performance.now()
    return tasks
      .filter(({ at, roomId }) => at <= now && !underWay.has(roomId))
      .toSorted((a, b) => retries.waitOf(a.key) - retries.waitOf(b.key) || a.at - b.at)
  }

  const attempt = async ({ key, roomId, work }: Task): Promise<void> => {
    const done = await work().catch((error: unknown) => {
      parts.onError(error, roomId)
      return false
    })
    if (done) retries.forget(key)
    else retries.failed(key)
  }

  const sweep = (): void => {
    if (performance.now() < nextSweep) return
    for (let page = parts.roomsToAskAbout(); page.length > 0; page = parts.roomsToAskAbout(page.at(-1)))
      for (const roomId of page) rooms.add(roomId)
    nextSweep = performance.now() + sweepMs
  }

  const look = async (): Promise<void> => {
    sweep()
    for (const task of await dueTasks()) {
      if (!timer || underWay.size >= mostAtOnce) return
      if (underWay.has(task.roomId)) continue
      const attempted = attempt(task).finally(() => underWay.delete(task.roomId))
      underWay.set(task.roomId, attempted)
    }
  }

  return {
    start: (): void => {
      timer = setInterval(() => {
        looking ??= look()
          .catch((error: unknown) => parts.onError(error, ''))
          .finally(() => (looking = undefined))
      }, tickMs)
    },
    /** Waits for the looks under way. */
    stop: async (): Promise<void> => {
      clearInterval(timer)
      timer = undefined
      await looking
      await Promise.all(underWay.values())
    },
    /** The ledger and the vendor seem to differ on a room: ask at the next tick. */
    askAbout: (roomId: string): void => void rooms.add(roomId),
    /** Whether the vendor is, or will soon be, asked about a room from here. */
    isOn: (roomId: string): boolean => underWay.has(roomId) || rooms.has(roomId),
  }
}
export type Settler = ReturnType<typeof createSettler>
