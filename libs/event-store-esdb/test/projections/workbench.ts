import { randomUUID } from 'node:crypto'
import { EventStoreDBClient } from '@eventstore/db-client'
import { afterEach } from 'vitest'
import type { EventStore } from '#event-store'
import { checkDefinition, type EmittedEvent, type ProjectionDefinition, type Projections } from '#projections'
import { openEventStoreDb } from '../../src/index.js'

export interface Instance {
  readonly store: EventStore
  readonly projections: Projections
  readonly said: string[]
}

/** Names that no other test uses, and a text that counts what happens in each room and tells who counted. */
export const counting = (version = 1, by = 'first', change: (source: string) => string = (source) => source) => {
  const tag = `t${randomUUID().replaceAll('-', '')}`
  const define = (version: number, by: string, change: (source: string) => string = (source) => source): ProjectionDefinition => ({
    name: `counting-${tag}`,
    version,
    emits: true,
    source: change(`
      fromCategory('${tag}').foreachStream().when({
        $init: () => ({ n: 0 }),
        Happened: (state, event) => {
          state.n += 1
          if (event.data.broken) throw new Error('cannot count a broken one')
          emit('counted${tag}-' + event.data.room, 'Counted', { n: state.n, by: '${by}' })
        },
      })`),
  })
  return { tag, definition: define(version, by, change), define, stream: (room: string) => `counted${tag}-${room}` }
}
export type Counting = ReturnType<typeof counting>

/** Instances of the service on one server, and a hand that meddles with it; all are closed behind each test. */
export const workbench = (server: { readonly url: string }) => {
  const open: { close(): Promise<unknown> }[] = []
  afterEach(async () => {
    for (const each of open.splice(0).toReversed()) await each.close()
  })
  const instance = async (definition: ProjectionDefinition): Promise<Instance> => {
    const { store, projections } = await openEventStoreDb({ connectionString: server.url })
    open.push(store)
    const said: string[] = []
    return { store, said, projections: projections([definition], { check: checkDefinition, log: ({ message }) => said.push(message) }) }
  }
  return {
    instance,
    started: async (definition: ProjectionDefinition): Promise<Instance> => {
      const made = await instance(definition)
      await made.projections.start()
      return made
    },
    meddler: (): EventStoreDBClient => {
      const client = EventStoreDBClient.connectionString(server.url)
      open.push({ close: () => client.dispose() })
      return client
    },
  }
}

export const happen = async ({ store }: Instance, { tag }: Counting, room: string, times: number, data = {}): Promise<void> => {
  const events = Array.from({ length: times }, () => ({ id: randomUUID(), type: 'Happened', data: { room, ...data }, metadata: {} }))
  await store.append(`${tag}-${room}`, events, 'any')
}

export const entries = async ({ projections }: Instance, stream: string, options = {}): Promise<EmittedEvent[]> => {
  const all: EmittedEvent[] = []
  for await (const entry of projections.readEmitted(stream, options)) all.push(entry)
  return all
}
export const countsOf = async (instance: Instance, stream: string): Promise<unknown[]> =>
  (await entries(instance, stream)).map(({ data }) => (data as { n: number }).n)
