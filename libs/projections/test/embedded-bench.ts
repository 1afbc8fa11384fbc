import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect } from 'vitest'
import {
  createEmbeddedProjections,
  type EmittedEvent,
  type ProjectionDefinition,
  type ProjectionLogLine,
  type EmbeddedProjections,
} from '#projections'
import { createMemoryStore, type MemoryStore } from './memory-store.js'

export const counting = (version = 1, extra = ''): ProjectionDefinition => ({
  name: 'counting',
  version,
  emits: true,
  source: `fromCategory('room').foreachStream().when({ $init: function () { return { n: 0 } }, Happened: function (s, e) {
    s.n += 1; ${extra}
    emit('count-' + e.streamId, 'Counted', { n: s.n, of: e.sequenceNumber })
  } })`,
})

export let folder: string
export let file: string
export let store: MemoryStore
let started: EmbeddedProjections[]
/** What is begun from now on stands on another file, or follows another log. */
export const useFile = (other: string): void => void (file = other)
export const useStore = (other: MemoryStore): void => void (store = other)

export const begin = async (
  definitions: readonly ProjectionDefinition[] = [counting()],
  over: MemoryStore = store,
  log: (line: ProjectionLogLine) => void = () => undefined,
): Promise<EmbeddedProjections> => {
  const projections = createEmbeddedProjections({ store: over, file, definitions, log })
  started.push(projections)
  await projections.start()
  return projections
}
export const caughtUp = async (projections: EmbeddedProjections): Promise<EmbeddedProjections> => {
  expect(await projections.waitFor(await store.head(), 10_000)).toBe(true)
  return projections
}
export const read = async (
  projections: EmbeddedProjections,
  ...args: Parameters<EmbeddedProjections['readEmitted']>
): Promise<EmittedEvent[]> => {
  const events: EmittedEvent[] = []
  for await (const event of projections.readEmitted(...args)) events.push(event)
  return events
}
export const counts = async (projections: EmbeddedProjections, stream = 'count-room-1') =>
  (await read(projections, stream)).map(({ revision, data }) => [revision, (data as { n: number }).n])
export const faulted = async (projections: EmbeddedProjections) => {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
    const found = (await projections.status()).find(({ status }) => status === 'Faulted')
    if (found) return found
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  throw new Error('no projection faulted')
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'projections-'))
  file = join(folder, 'out.db')
  store = createMemoryStore()
  started = []
})
afterEach(async () => {
  for (const projections of started) await projections.stop()
  rmSync(folder, { recursive: true })
})
