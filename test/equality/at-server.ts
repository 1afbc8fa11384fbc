import type { EventStoreDBClient, ResolvedEvent } from '@eventstore/db-client'
import { ErrorType, isCommandError } from '@eventstore/db-client'
import { expect } from 'vitest'
import type { Json, JsonObject } from '#event-store'
import type { workbench } from '../../libs/event-store-esdb/test/projections/workbench.js'
import type { Answer, Entry, Question, Remove } from './answer.js'

/** The answer of a server: the protocol double, or a real one. */
export const atServer = async (bench: ReturnType<typeof workbench>, question: Question): Promise<Answer> => {
  const { definition, before, steps, outputs, partitions } = question
  const { store, projections } = await bench.instance(definition)
  const client = bench.meddler()
  const remove: Remove = async (stream, how) => {
    await (how === 'deleted' ? client.deleteStream(stream) : client.tombstoneStream(stream))
  }
  await before?.(store, remove)
  await projections.start()
  let faulted = false
  const standsStill = async (): Promise<boolean> => {
    const [status] = await projections.status()
    faulted = status?.status === 'Faulted'
    return faulted || status?.caughtUp === true
  }
  for (const step of steps) {
    await step(store, remove)
    await expect.poll(standsStill, { timeout: 200_000, interval: 25 }).toBe(true)
    if (faulted) break
  }
  const emitted: Record<string, Entry[]> = {}
  for (const stream of outputs) emitted[stream] = await entriesIn(client, stream)
  const states: Record<string, unknown> = {}
  // What a text at fault left behind, the server may not be able to give.
  for (const partition of faulted ? [] : partitions)
    states[partition] = await client.getProjectionState(definition.name, { partition, deadline: 3_000 })
  return { faulted, emitted, states }
}

/** Read past the adapter, which hides the streams of the projection itself, and what a link says. */
const entriesIn = async (client: EventStoreDBClient, stream: string): Promise<Entry[]> => {
  const entries: Entry[] = []
  try {
    for await (const { event } of client.readStream(stream) as AsyncIterable<ResolvedEvent>) entries.push(toEntry(event!))
  } catch (error) {
    if (!(error instanceof Error && isCommandError(error)) || error.type !== ErrorType.STREAM_NOT_FOUND) throw error
  }
  return entries
}

/** Without the marks that the server makes for itself; a link is bare text. */
const toEntry = ({ type, data, metadata }: NonNullable<ResolvedEvent['event']>): Entry => {
  const { $v: _mark, $s: _sources, ...rest } = (metadata ?? {}) as JsonObject
  return { type, data: data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : (data as Json), metadata: rest }
}
