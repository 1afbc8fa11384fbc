import type { DatabaseSync } from 'node:sqlite'
import { derivedFile, isDamage, messageOf, type DerivedTables } from './derived-file.js'
import type { EventStore } from './event-store.js'
import type { RecordedEvent } from './event.js'
import { createTurns } from './in-turn.js'
import { keepFollowing } from './keep-following.js'
import { isKnownTo, readLogCheckpoint } from './log-checkpoint.js'
import { createWaiters } from './waiters.js'

export interface DerivedIndexParts<Content> {
  readonly store: EventStore
  /** SQLite file; it and its directory are made when missing. One process alone can have it open. */
  readonly file: string
  readonly tables: DerivedTables
  readonly prefixes: readonly string[]
  /** Events taken in by one transaction at the most, while other work of the process waits. */
  readonly batchSize: number
  /** Milliseconds that it rests after a batch that was not full: it is so much later, and costs less. Default 0. */
  readonly restMs?: number
  readonly log: (message: string) => void
  /** Reads what is to be held of the file while it is open. Asked again whenever the file has been made anew. */
  readonly open: (db: DatabaseSync) => Content
  /** Writes what the events bring, together with the last of them as checkpoint, all or nothing. */
  readonly take: (content: Content, events: readonly RecordedEvent[]) => Promise<void>
  /** What was learned from the events is forgotten together with the file. */
  readonly forgotten?: () => void
}

export interface DerivedIndexStatus {
  /** Everything in the log up to here has been looked at. */
  readonly position: bigint
  /** End of the log when it was last asked for. */
  readonly head?: bigint
  readonly caughtUp: boolean
}

/** A file that follows the log. */
export interface DerivedIndex<Content> {
  /** Begins to follow the log; a store that is away is asked again until it answers. */
  start(): Promise<void>
  /** Ends for good: nothing can be asked any more. */
  stop(): Promise<void>
  status(): DerivedIndexStatus
  /** Waits until everything up to that log position is in; `false` when it is not in time. */
  waitFor(position: bigint, timeoutMs: number): Promise<boolean>
  /**
   * Waits for what is in the log at this moment.
   * @throws StoreUnavailable
   */
  catchUp(timeoutMs: number): Promise<boolean>
  ask<T>(question: (content: Content) => T): T
  /** Forgets everything and reads the log from the beginning; resolves when that has begun. */
  rebuild(): Promise<void>
}

/**
 * Opens a file that is computed from the log; `start` makes it follow the log from where it stands. A file that cannot be
 * trusted (missing, damaged, of another version, fed from another log) is made anew, and `log` told why.
 *
 * @throws StoreUnavailable
 * @throws Error when another process has the file open, or nothing can be written there
 */
export const openDerivedIndex = async <Content>(parts: DerivedIndexParts<Content>): Promise<DerivedIndex<Content>> => {
  const { store, file, tables, prefixes, batchSize, restMs = 0, log, open, forgotten = () => {} } = parts
  const onDisk = derivedFile(file, tables, log)
  const waiters = createWaiters()
  const openContent = (db: DatabaseSync) => {
    const checkpoint = readLogCheckpoint(db)
    return { db, content: open(db), checkpoint, position: checkpoint?.position ?? -1n }
  }
  let index = openContent(onDisk.open())
  let head: bigint | undefined
  let caughtUp = false
  let following: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  let closed = false

  /** Stays set until the file has been made anew, should that fail too. */
  let unusable = false
  const forget = (): void => {
    unusable = true
    forgotten()
    caughtUp = false
    if (index.db.isOpen) index.db.close()
    index = openContent(onDisk.makeAnew())
    unusable = false
  }
  const known = await isKnownTo(store, index.checkpoint).catch((error: unknown) => {
    index.db.close()
    throw error
  })
  if (!known) {
    log(`${file} was made from another log; it is rebuilt`)
    forget()
  }

  const reach = (position: bigint): void => {
    index.position = position
    waiters.reached(position)
  }
  const follow = (stopped: AbortSignal): Promise<void> =>
    keepFollowing(
      {
        store,
        prefixes,
        batchSize,
        restMs,
        prepare: () => void (unusable && forget()),
        position: () => index.position,
        take: async (events) => {
          await parts.take(index.content, events)
          reach(events.at(-1)!.position)
        },
        caughtUp: (position) => {
          caughtUp = true
          reach(position)
        },
        failed: (error) => {
          caughtUp = false
          unusable ||= isDamage(error)
        },
        log,
      },
      stopped,
    )

  const begin = (): void => {
    if (following || closed) return
    const abort = new AbortController()
    following = { abort, done: follow(abort.signal) }
  }
  const halt = async (): Promise<boolean> => {
    const was = following
    was?.abort.abort()
    await was?.done
    following = undefined
    return was !== undefined
  }
  // Never two of these at a time: rows that one forgets must not be written on by what another has begun.
  const { inTurn } = createTurns()
  const rebuild = (): Promise<void> =>
    inTurn('life', async () => {
      if (closed) return
      const wasFollowing = await halt()
      unusable = true
      if (wasFollowing) begin()
      else forget()
    })
  const waitFor = async (wanted: bigint, timeoutMs: number): Promise<boolean> => index.position >= wanted || waiters.wait(wanted, timeoutMs)

  return {
    start: () => inTurn('life', async () => begin()),
    stop: () =>
      inTurn('life', async () => {
        if (closed) return
        closed = true
        // First of all: who waits keeps others from ending.
        waiters.giveUp()
        await halt()
        // A rebuild that failed has left it closed.
        if (index.db.isOpen) onDisk.close(index.db, !unusable)
      }),
    status: () => ({ position: index.position, ...(head !== undefined && { head }), caughtUp }),
    waitFor,
    catchUp: async (timeoutMs) => {
      head = await store.head()
      return waitFor(head, timeoutMs)
    },
    rebuild,
    // A damaged file answers nothing, so it is replaced at once; the caller's question fails all the same.
    ask: (question) => {
      try {
        return question(index.content)
      } catch (error) {
        if (isDamage(error) && !unusable) {
          unusable = true
          caughtUp = false
          log(`${file} is damaged (${messageOf(error)}); it is rebuilt from the log`)
          rebuild().catch((failure: unknown) => log(`rebuilding ${file} failed (${messageOf(failure)})`))
        }
        throw error
      }
    },
  }
}
