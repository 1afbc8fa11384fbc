import { ConcurrencyExhausted, type EventStore, type EventToAppend } from '#event-store'

export type AppendAtEnd = (event: EventToAppend) => Promise<void>

/** So many events in one append; each is some kilobytes at the most, and EventStoreDB takes a megabyte. */
const mostAtOnce = 30
/** How often it is tried against other instances. */
const maxAttempts = 50

/**
 * Appends to a stream that many write to and nobody reads first. Each event stands in it once, whatever the network does in
 * between: where the store does not recognise what comes again to any revision, it is appended at the head that is known, and those
 * that come meanwhile go together in the next append.
 *
 * @returns a function that resolves when the event is durable; it throws StoreUnavailable, and whether the event stands is then not known
 */
export const createAppendAtEnd = (store: EventStore, stream: string): AppendAtEnd => {
  if (store.recognisesAny) return async (event) => void (await store.append(stream, [event], 'any'))

  let head: number | undefined
  const append = async (events: readonly EventToAppend[]): Promise<void> => {
    let expected = head ?? (await headOf(store, stream))
    // Known again when it has come to a good end.
    head = undefined
    for (let attempts = 0; attempts < maxAttempts; attempts += 1) {
      const result = await store.append(stream, events, expected < 0 ? 'noStream' : expected)
      if (result.ok) {
        head = result.revision
        return
      }
      expected = result.actual
    }
    throw new ConcurrencyExhausted(`${maxAttempts} attempts to append to ${stream} met other writers`)
  }

  let last: Promise<unknown> = Promise.resolve()
  let gathering: { readonly events: EventToAppend[]; readonly done: Promise<void> } | undefined
  return (event) => {
    if (gathering && gathering.events.length < mostAtOnce) {
      gathering.events.push(event)
      return gathering.done
    }
    const events = [event]
    const done = last.then(() => {
      if (gathering?.events === events) gathering = undefined
      return append(events)
    })
    last = done.catch(() => undefined)
    gathering = { events, done }
    return done
  }
}

const headOf = async (store: EventStore, stream: string): Promise<number> => {
  for await (const { revision } of store.readStream(stream, { direction: 'backwards', limit: 1 })) return revision
  return -1
}
