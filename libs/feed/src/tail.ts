import { setImmediate as nextRound, setTimeout as delay } from 'node:timers/promises'
import type { EventStore, Json } from '#event-store'
import { beginning, roomPrefix, type Cursors } from './cursor.js'
import { createRing, type Ring, type RingOptions } from './ring.js'

export interface TailOptions extends Partial<RingOptions> {
  readonly store: EventStore
  readonly cursors: Cursors
  readonly log?: (message: string) => void
}

/** Followers that are woken in one go, before the process gets to its other work. */
const wokenAtOnce = 20
/** So many times as long as waking took, nobody is woken again: followers then share what has come meanwhile. */
const restAfterRound = 1
const longestRestMs = 250

/**
 * The one reading of the log that all live followers share, begun by the first of them. Followers are woken, and take what
 * they want out of the ring; nothing is kept for any of them.
 */
export const createTail = ({ store, cursors, log = () => undefined, maxEntries = 10_000, maxWeight = 16 * 1024 * 1024 }: TailOptions) => {
  const stopping = new AbortController()
  let ring: Promise<Ring> | undefined
  const waiting = new Set<() => void>()
  let round: Promise<void> | undefined

  const wakeAll = async (): Promise<void> => {
    const began = performance.now()
    for (const [index, wake] of [...waiting].entries()) {
      wake()
      if (index % wokenAtOnce === wokenAtOnce - 1) await nextRound()
    }
    await nextRound()
    const rest = Math.min(longestRestMs, restAfterRound * (performance.now() - began))
    await delay(rest, undefined, { signal: stopping.signal }).catch(() => undefined)
  }
  let grown = false
  const hasGrown = (): void => {
    grown = true
    round ??= (async () => {
      while (grown) {
        grown = false
        // Everything that this round of the event loop brings goes out together.
        await nextRound()
        await wakeAll()
      }
      round = undefined
    })()
  }

  const begin = async (): Promise<Ring> => {
    const last = await cursors.locate('now')
    return createRing(last.ok ? last.place : beginning, { maxEntries, maxWeight })
  }
  const follow = async (growing: Ring): Promise<void> => {
    const { signal } = stopping
    for await (const item of store.subscribe({ after: growing.last().position, prefixes: [roomPrefix], signal })) {
      if ('caughtUp' in item) continue
      const cursorOf = await cursors.writer()
      // The callback is evidence for auditors and most of the memory; the feed does not show it.
      const { callback, ...metadata } = item.metadata
      growing.add({ event: { ...item, metadata }, position: item.position, cursor: cursorOf(item), weight: weigh(item.data, callback) })
      hasGrown()
    }
  }

  return {
    /** @throws StoreUnavailable when it cannot be told where the log ends. */
    join: (): Promise<Ring> => {
      if (ring) return ring
      ring = begin()
      ring.then(follow).catch((error: unknown) => {
        if (stopping.signal.aborted) return
        // The next follower begins anew; those that are woken read for themselves, and find out what is wrong.
        ring = undefined
        log(`following the log failed: ${(error as Error).message}`)
        hasGrown()
      })
      return ring
    },
    /** Resolves after the log has grown, when the signal is given, or after so many milliseconds, whatever comes first. */
    changed: (signal: AbortSignal, timeoutMs: number): Promise<void> =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          waiting.delete(wake)
          resolve()
        }
        const timer = setTimeout(wake, timeoutMs)
        signal.addEventListener('abort', wake)
        waiting.add(wake)
        if (signal.aborted) wake()
      }),
    stop: (): void => {
      stopping.abort()
      for (const wake of waiting) wake()
    },
  }
}
export type Tail = ReturnType<typeof createTail>

/** What comes with a callback is made of its body; the rest are a few fields. */
const weigh = (data: Json, callback: Json | undefined): number => {
  const body = typeof callback === 'object' && callback !== null && 'body' in callback ? callback['body'] : undefined
  return 1_000 + (typeof body === 'string' ? body.length : JSON.stringify(data).length)
}
