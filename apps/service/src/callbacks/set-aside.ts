import { createStreamHandler, type EventStore, type EventToAppend } from '#event-store'

/** Appends an event that may come again at any time, always with the same id, and is to stand in its stream once. */
export type AppendOnce = (stream: string, event: EventToAppend) => Promise<void>

/** Ids that are held, of all streams together, at about 100 bytes each; a stream of more is read through each time. */
const mostIds = 500_000

/**
 * Where the store itself recognises what it has, it is asked to. Elsewhere the ids of a stream are held, and events are
 * appended at its head: then of two writers of one id the second is refused, and reads on.
 */
export const createAppendOnce = (store: EventStore): AppendOnce => {
  if (store.recognisesAny) return async (stream, event) => void (await store.append(stream, [event], 'any'))
  // Grows in place: an id that stands in the stream stands there for good, whoever looks.
  const streams = createStreamHandler<Set<string> | undefined>({
    store,
    initial: () => undefined,
    evolve: (ids = new Set(), events) => events.reduce((all, { id }) => all.add(id), ids),
    weigh: (ids) => ids?.size ?? 0,
    maxWeight: mostIds,
  })
  return async (stream, event) =>
    void (await streams.handle(stream, (ids) => ({ events: ids?.has(event.id) ? [] : [event], result: undefined }), { certain: false }))
}
