import type { Projections } from '#projections'
import type { Log } from '../adapters.js'

export interface ReviveParts {
  readonly projections: Projections
  readonly log: Log
  /** Milliseconds between two looks. */
  readonly everyMs?: number
}

const longestWaitMs = 300_000

/**
 * Enables a faulted projection again, less and less often while it faults on: a server that was too busy for a moment
 * faults one that has nothing wrong with it (EventStoreDB gives a handler 250 ms), and leaves it so for good.
 * It goes on from its checkpoint, so nothing is missed or emitted twice.
 */
export const createReviver = ({ projections, log, everyMs = 1_000 }: ReviveParts) => {
  const faulted = new Map<string, { waitMs: number; at: number }>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const revive = async (name: string, reason: string | null): Promise<void> => {
    const { waitMs, at } = faulted.get(name) ?? { waitMs: everyMs / 2, at: 0 }
    if (performance.now() < at) return
    const next = Math.min(longestWaitMs, waitMs * 2)
    faulted.set(name, { waitMs: next, at: performance.now() + next })
    log('error', `projection ${name} is faulted and is enabled again: ${reason}`)
    await projections.enable(name)
  }
  const look = async (): Promise<void> => {
    for (const { name, status, stateReason, caughtUp } of await projections.status()) {
      if (status === 'Faulted') await revive(name, stateReason)
      else if (caughtUp) faulted.delete(name)
    }
  }

  return {
    start: (): void => {
      timer = setInterval(() => {
        running ??= look()
          .catch((error: unknown) => log('warn', `the projections cannot be looked at: ${(error as Error).message}`))
          .finally(() => (running = undefined))
      }, everyMs)
    },
    stop: async (): Promise<void> => {
      clearInterval(timer)
      await running
    },
  }
}
