import { StoreUnavailable, type EventStore, type RecordedEvent } from '#event-store'

/** Where the events of rooms are: the streams that the feed is made of. */
export const roomPrefix = 'room-'

/**
 * A cursor names an event by what goes with it wherever the ledger is kept: its room and revision, the beginning of its id,
 * and the beginning of the id of the ledger's first event. No address in a store is in it, so it outlives a rebuild, and a
 * migration to another store.
 */
export interface Cursor {
  readonly ledger: string
  readonly event: string
  readonly revision: number
  readonly roomId: string
}

/** Before the first event; also what `cursor` says while there is none. */
export const start = 'start'
/** After the last event that there is when it is asked for. */
export const now = 'now'

export const encodeCursor = ({ ledger, event, revision, roomId }: Cursor): string =>
  Buffer.from(`${ledger}${event}${revision}@${roomId}`).toString('base64url')

/** @returns undefined for anything that `encodeCursor` did not make. */
export const decodeCursor = (text: string): Cursor | undefined => {
  const found = /^([\da-f]{8})([\da-f]{8})(\d{1,15})@(.+)$/s.exec(Buffer.from(text, 'base64url').toString())
  if (!found) return undefined
  const cursor = { ledger: found[1]!, event: found[2]!, revision: Number(found[3]), roomId: found[4]! }
  return encodeCursor(cursor) === text ? cursor : undefined
}

/** A place in the log, behind the event that the cursor names. */
export interface Place {
  readonly position: bigint
  readonly cursor: string
}

export const beginning: Place = { position: -1n, cursor: start }

export type Located =
  | { readonly ok: true; readonly place: Place }
  /**
   * `unreadable`: no cursor at all. `another-ledger`: of a ledger that began with another event. `not-in-ledger`: this ledger
   * does not hold the event, or holds another in its place, as after a backup was restored.
   */
  | { readonly ok: false; readonly problem: 'unreadable' | 'another-ledger' | 'not-in-ledger' }

const short = (id: string): string => id.slice(0, 8).toLowerCase()

/** Makes cursors for events of one ledger, and finds what they name. */
export const createCursors = (store: EventStore) => {
  let ledger: string | undefined
  const ledgerTag = async (): Promise<string | undefined> => {
    if (ledger === undefined) for await (const { id } of store.readAll({ prefixes: [roomPrefix], limit: 1 })) ledger = short(id)
    return ledger
  }
  const cursorOf = (tag: string, { id, stream, revision }: RecordedEvent): string =>
    encodeCursor({ ledger: tag, event: short(id), revision, roomId: stream.slice(roomPrefix.length) })

  return {
    /**
     * @returns what names any event of this ledger; to be asked for when one has been read.
     * @throws StoreUnavailable also when the ledger's first event is not to be found
     */
    writer: async (): Promise<(event: RecordedEvent) => string> => {
      const tag = await ledgerTag()
      if (tag === undefined) throw new StoreUnavailable('the first event of the ledger is not to be found')
      return (event) => cursorOf(tag, event)
    },
    /** @throws StoreUnavailable */
    locate: async (text: string): Promise<Located> => {
      if (text === start) return { ok: true, place: beginning }
      const tag = await ledgerTag()
      if (text === now) {
        const last = await store.last([roomPrefix])
        return { ok: true, place: last && tag !== undefined ? { position: last.position, cursor: cursorOf(tag, last) } : beginning }
      }
      const cursor = decodeCursor(text)
      if (!cursor) return { ok: false, problem: 'unreadable' }
      if (tag !== undefined && cursor.ledger !== tag) return { ok: false, problem: 'another-ledger' }
      for await (const { id, position } of store.readStream(`${roomPrefix}${cursor.roomId}`, { from: cursor.revision, limit: 1 }))
        if (short(id) === cursor.event) return { ok: true, place: { position, cursor: text } }
      return { ok: false, problem: 'not-in-ledger' }
    },
  }
}
export type Cursors = ReturnType<typeof createCursors>
