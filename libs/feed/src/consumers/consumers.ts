import { randomUUID } from 'node:crypto'
import { ConcurrencyExhausted, createStreamHandler, createTurns, type EventStore, type Json, type RecordedEvent } from '#event-store'
import type { Located, Place } from '../cursor.js'
import { acknowledge, deliver, progressed, progressOf, progressStream, type Progress, type Step } from './progress.js'
import {
  asSet,
  evolveRegistry,
  judgeRegistration,
  registered,
  registryStream,
  removed,
  type Registration,
  type Registry,
  type Stamp,
  type Wanted,
} from './registry.js'

export interface ConsumersOptions {
  readonly store: EventStore
  readonly locate: (cursor: string) => Promise<Located>
  /** RFC 3339. */
  readonly now: () => string
}

type Unfound = Extract<Located, { ok: false }>['problem']

/** `unknown`: no consumer of that name. What is wrong with a cursor is about the one that the consumer stands at. */
export type Moved =
  | { readonly ok: true; readonly acked: string; readonly delivered: string }
  | { readonly ok: false; readonly problem: 'unknown' | 'backwards' | 'beyond-delivery' | Unfound }

/** So often an append is tried against other writers. */
const mostAttempts = 20

/**
 * Consumers whose place the ledger keeps, as events beside its own: it survives restarts, every instance on the store sees it,
 * and it goes along to another store. Nothing of it is held in memory but who there is.
 */
export const createConsumers = ({ store, locate, now }: ConsumersOptions) => {
  const registry = createStreamHandler<Registry>({ store, initial: () => new Map(), evolve: evolveRegistry })
  const { inTurn } = createTurns()
  const stamp = (): Stamp => ({ id: randomUUID(), recordedAt: now() })
  const all = async (): Promise<Registry> => (await registry.load(registryStream)).state
  const lastOf = async (name: string): Promise<RecordedEvent | undefined> => {
    for await (const last of store.readStream(progressStream(name), { direction: 'backwards', limit: 1 })) return last
    return undefined
  }
  /** In this order: a consumer that wrote what is read is in the registry by then, and none is mistaken for a former one. */
  const look = async (name: string) => {
    const last = await lastOf(name)
    const registration = (await all()).get(name)
    return registration && { registration, last, progress: progressOf(registration, last) }
  }
  const place = async ({ acked, delivered }: Progress): Promise<Progress<Place> | Unfound> => {
    const from = await locate(acked)
    const to = delivered === acked ? from : await locate(delivered)
    return from.ok ? (to.ok ? { acked: from.place, delivered: to.place } : to.problem) : from.problem
  }

  const move = (name: string, type: Parameters<typeof progressed>[0], decide: (progress: Progress<Place>) => Step): Promise<Moved> =>
    inTurn(name, async () => {
      for (let tries = 0; tries < mostAttempts; tries += 1) {
        const found = await look(name)
        if (!found) return { ok: false, problem: 'unknown' }
        const progress = await place(found.progress)
        if (typeof progress === 'string') return { ok: false, problem: progress }
        const { verdict, next } = decide(progress)
        if (verdict !== 'done') return { ok: false, problem: verdict }
        if (!next) return { ok: true, ...found.progress }
        const event = progressed(type, found.registration, next, stamp())
        const written = await store.append(progressStream(name), [event], found.last?.revision ?? 'noStream')
        if (written.ok) return { ok: true, acked: next.acked.cursor, delivered: next.delivered.cursor }
      }
      throw new ConcurrencyExhausted(`${mostAttempts} attempts to move the consumer ${name} met other writers`)
    })

  return {
    /**
     * Registers a consumer; one that is there already with the same settings stays as it is.
     * @param wanted `types` in any order; `cursor` what `from` means now
     * @throws StoreUnavailable
     */
    register: async (wanted: Wanted): Promise<'new' | 'same' | 'exists' | 'too-many'> => {
      const consumer = { ...wanted, types: asSet(wanted.types) }
      const { result } = await registry.handle(registryStream, (state) => {
        const verdict = judgeRegistration(state, consumer)
        return { events: verdict === 'new' ? [registered(consumer, stamp())] : [], result: verdict }
      })
      return result
    },
    /** @returns whether there was one. @throws StoreUnavailable */
    remove: async (name: string, by: Json): Promise<boolean> => {
      const { result } = await registry.handle(registryStream, (state) => {
        const known = state.get(name)
        return { events: known ? [removed(known, by, stamp())] : [], result: known !== undefined }
      })
      return result
    },
    /** In the order of their names. @throws StoreUnavailable */
    list: async (): Promise<readonly Registration[]> => [...(await all()).values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    /** Who it is, and how far. @throws StoreUnavailable */
    find: async (name: string): Promise<{ readonly registration: Registration; readonly progress: Progress } | undefined> => {
      const found = await look(name)
      return found && { registration: found.registration, progress: found.progress }
    },
    /** How far one is that was listed. @throws StoreUnavailable */
    progressOf: async (registration: Registration): Promise<Progress> => progressOf(registration, await lastOf(registration.name)),
    /**
     * To be called before what reaches up to a place is given out: then it may be acknowledged, whatever happens in between.
     * @throws StoreUnavailable
     */
    delivering: (name: string, upTo: Place): Promise<Moved> => move(name, 'ConsumerDelivered', (progress) => deliver(progress, upTo)),
    /** @throws StoreUnavailable */
    acknowledge: (name: string, upTo: Place): Promise<Moved> =>
      move(name, 'ConsumerAcknowledged', (progress) => acknowledge(progress, upTo)),
  }
}
export type Consumers = ReturnType<typeof createConsumers>
