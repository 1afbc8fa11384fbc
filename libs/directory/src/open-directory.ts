import type { EventStore, RecordedEvent } from '#event-store'
import { evolveRoom, initialRoom, type RoomState } from '#room'
import { LRUCache } from 'lru-cache'
import type { Directory } from './directory.js'
import { makeAnew, openFile } from './file.js'
import { createReader } from './reader.js'
import { toRoomEvent } from './to-room-event.js'
import { createWaiters } from './waiters.js'
import { createWriter } from './writer.js'

export interface DirectoryOptions {
  readonly file: string
  readonly store: EventStore
  readonly log?: (message: string) => void
}

const prefix = 'room-'
const batchSize = 500
const cachedEntries = 100_000

interface Folded {
  readonly state: RoomState
  readonly revision: number
}

/** Opens the search index; `start` makes it follow the log. */
export const openDirectory = async ({ file, store, log = () => {} }: DirectoryOptions): Promise<Directory> => {
  let db = openFile(file, log)
  const rooms = new LRUCache<string, Folded>({
    maxSize: cachedEntries,
    sizeCalculation: ({ state }) => 1 + state.sorted.length + state.operations.length,
  })
  const waiters = createWaiters()
  let position = readPosition()
  let caughtUp = false
  let following: { readonly abort: AbortController; readonly done: Promise<void> } | undefined
  let reader = createReader(db)
  let writer = createWriter(db)

  function readPosition(): bigint {
    return BigInt(String(db.prepare('SELECT position FROM progress').get()!['position']))
  }
  const begin = (opened: typeof db): void => {
    db = opened
    reader = createReader(db)
    writer = createWriter(db)
    rooms.clear()
    position = readPosition()
    caughtUp = false
  }
  if (position > (await store.head())) {
    log(`${file} is ahead of the log, so it belongs to another ledger; it is rebuilt`)
    db.close()
    begin(makeAnew(file))
  }

  /** The room as it was before `event`: the index is fed in order, so it must not run ahead of its own position. */
  const before = async (event: RecordedEvent): Promise<Folded> => {
    const held = rooms.get(event.stream)
    if (held && held.revision === event.revision - 1) return held
    const events: RecordedEvent[] = []
    if (event.revision > 0) for await (const earlier of store.readStream(event.stream, { limit: event.revision })) events.push(earlier)
    return { state: evolveRoom(initialRoom, events.map(toRoomEvent)), revision: event.revision - 1 }
  }

  const handle = async (events: readonly RecordedEvent[]): Promise<void> => {
    const touched = new Map<string, { roomId: string; state: RoomState; previous: RoomState | undefined }>()
    for (const event of events) {
      const folded = await before(event)
      const state = evolveRoom(folded.state, [toRoomEvent(event)])
      rooms.set(event.stream, { state, revision: event.revision })
      const roomId = event.stream.slice(prefix.length)
      const first = touched.get(event.stream)
      const previous = first ? first.previous : event.revision === 0 ? undefined : folded.state
      touched.set(event.stream, { roomId, state, previous })
    }
    db.exec('BEGIN')
    try {
      for (const { roomId, state, previous } of touched.values()) writer.write(roomId, state, previous)
      writer.setPosition(events.at(-1)!.position)
      db.exec('COMMIT')
    } catch (error) {
      db.exec('ROLLBACK')
      rooms.clear()
      throw error
    }
  }

  const moveTo = (reached: bigint): void => {
    position = reached
    waiters.reached(reached)
  }

  const follow = async (signal: AbortSignal): Promise<void> => {
    let batch: RecordedEvent[] = []
    const flush = async (): Promise<void> => {
      const events = batch
      batch = []
      if (events.length === 0) return
      await handle(events)
      moveTo(events.at(-1)!.position)
      // Others in this process want a turn between two batches.
      await new Promise((resolve) => setImmediate(resolve))
    }
    for await (const next of store.subscribe({ after: position, prefixes: [prefix], signal })) {
      if ('caughtUp' in next) {
        await flush()
        caughtUp = true
        moveTo(next.position)
      } else {
        batch.push(next)
        if (caughtUp || batch.length >= batchSize) await flush()
      }
    }
  }

  const keepFollowing = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      try {
        await follow(signal)
      } catch (error) {
        log(`reading the log failed (${(error as Error).message}); it is read on from ${position}`)
        rooms.clear()
        caughtUp = false
        await new Promise((resolve) => setTimeout(resolve, 500))
      }
    }
  }

  const start = async (): Promise<void> => {
    const abort = new AbortController()
    following = { abort, done: keepFollowing(abort.signal) }
  }
  const halt = async (): Promise<void> => {
    following?.abort.abort()
    await following?.done
    following = undefined
  }

  return {
    start,
    stop: async () => {
      await halt()
      waiters.giveUp()
      db.close()
    },
    status: () => ({ position, caughtUp }),
    waitFor: (wanted, timeoutMs) => (position >= wanted ? Promise.resolve(true) : waiters.wait(wanted, timeoutMs)),
    catchUp: async (timeoutMs) => {
      const head = await store.head()
      return position >= head || waiters.wait(head, timeoutMs)
    },
    listRooms: (query) => reader.listRooms(query),
    findOperation: (operationId) => reader.findOperation(operationId),
    listOperations: (query) => reader.listOperations(query),
    openOperations: (query) => reader.openOperations(query),
    ownerships: (account, page) => reader.ownerships(account, page),
    rebuild: async () => {
      await halt()
      db.close()
      begin(makeAnew(file))
      await start()
    },
  }
}
