import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { EventStore } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import { createEmbeddedProjections } from '#projections'
import type { Answer, Entry, Question } from './answer.js'

/** The answer of the embedded engine: store, projections and files as the service has them, the states out of the file. */
export const onEmbedded = async ({ definition, before, steps, unseen, outputs, partitions }: Question): Promise<Answer> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-equality-'))
  const file = join(folder, 'projections.db')
  const store = await openSqliteEventStore(join(folder, 'room-ledger.db'))
  const projections = createEmbeddedProjections({ store: unseen ? hiding(store, unseen) : store, file, definitions: [definition] })
  try {
    await before?.(store, async () => undefined)
    await projections.start()
    let faulted = false
    for (const step of steps) {
      await step(store, async () => undefined)
      const done = await projections.waitFor(await store.head(), 120_000)
      faulted = (await projections.status())[0]?.status === 'Faulted'
      if (!done && !faulted) throw new Error('the embedded engine did not catch up')
    }
    const emitted: Record<string, Entry[]> = {}
    for (const stream of outputs) {
      const entries = await Array.fromAsync(projections.readEmitted(stream))
      emitted[stream] = entries.map(({ type, data, metadata }) => ({ type, data, metadata }))
    }
    await projections.stop()
    return { faulted, emitted, states: statesIn(file, partitions) }
  } finally {
    await projections.stop()
    await store.close()
    await rm(folder, { recursive: true })
  }
}

/** The log as a deletion leaves it. */
const hiding = (store: EventStore, unseen: ReadonlySet<string>): EventStore => ({
  ...store,
  subscribe: async function* (options) {
    for await (const item of store.subscribe(options)) if ('caughtUp' in item || !unseen.has(item.id)) yield item
  },
})

const statesIn = (file: string, partitions: readonly string[]): Answer['states'] => {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const find = db.prepare('SELECT state FROM partitions WHERE partition = ?')
    return Object.fromEntries(
      partitions.map((partition) => [partition, JSON.parse(String(find.get(partition)?.['state'] ?? '{}')) as unknown]),
    )
  } finally {
    db.close()
  }
}
