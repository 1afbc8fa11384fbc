import type { EventToAppend, Json, JsonObject, RecordedEvent } from '#event-store'

/** Where consumers are registered and removed. */
export const registryStream = 'feedConsumers'
/** Consumers at a time. */
export const mostConsumers = 1_000

/** A consumer as it was asked for. Under the same name there may have been others: what they did is not its own. */
export interface Registration {
  /** Tells it from others of the same name: the id of the event that it began with. */
  readonly id: string
  readonly name: string
  /** As asked: a cursor, `start` or `now`. */
  readonly from: string
  /** What that meant when it was asked: a cursor, or `start`. */
  readonly cursor: string
  /** Short names, each once, in the order of the alphabet; undefined = all. */
  readonly types: readonly string[] | undefined
  readonly createdAt: string
  /** Who asked, as told. */
  readonly createdBy: Json
}

export type Registry = ReadonlyMap<string, Registration>

/** Folds further events of the registry. */
export const evolveRegistry = (registry: Registry, events: readonly RecordedEvent[]): Registry => {
  const next = new Map(registry)
  for (const { id, type, data, metadata } of events) {
    const { name, from, cursor, types, by = null } = data as JsonObject & Registered
    if (type === 'ConsumerRegistered')
      next.set(name, { id, name, from, cursor, types, createdAt: String(metadata['recordedAt']), createdBy: by })
    if (type === 'ConsumerRemoved') next.delete(name)
  }
  return next
}

interface Registered {
  readonly name: string
  readonly from: string
  readonly cursor: string
  readonly types?: readonly string[]
  readonly by?: Json
}

/** What somebody wants to register; the rest comes with the event. */
export type Wanted = Pick<Registration, 'name' | 'from' | 'cursor' | 'types' | 'createdBy'>

/** Whether a consumer may be registered, or is there already, just so. */
export const judgeRegistration = (registry: Registry, { name, from, types }: Wanted): 'new' | 'same' | 'exists' | 'too-many' => {
  const known = registry.get(name)
  if (!known) return registry.size < mostConsumers ? 'new' : 'too-many'
  return known.from === from && keyOf(known.types) === keyOf(types) ? 'same' : 'exists'
}
const keyOf = (types: readonly string[] | undefined): string => types?.join() ?? ''

/** Types as a registration has them. */
export const asSet = (types: readonly string[] | undefined): readonly string[] | undefined => types && [...new Set(types)].toSorted()

/** @param stamp id and time of the event */
export const registered = ({ name, from, cursor, types, createdBy }: Wanted, stamp: Stamp): EventToAppend =>
  event('ConsumerRegistered', { name, from, cursor, ...(types && { types }), by: createdBy }, stamp)

export const removed = ({ name, id }: Registration, by: Json, stamp: Stamp): EventToAppend =>
  event('ConsumerRemoved', { name, registration: id, by }, stamp)

export interface Stamp {
  readonly id: string
  readonly recordedAt: string
}

/** An event of a consumer's: none of the ledger's own, so nothing is proven over it. */
export const event = (type: string, data: JsonObject, { id, recordedAt }: Stamp): EventToAppend => ({
  id,
  type,
  data,
  metadata: { schema: 1, recordedAt },
})
