import type { BaseOptions, EventStoreDBClient, ProjectionDetails, ResolvedEvent } from '@eventstore/db-client'
import { BACKWARDS, END, START } from '@eventstore/db-client'
import type { Connection } from '../connection.js'
import { drain } from '../drain.js'
import { faultOf } from '../fault.js'
import { readLogFiltered } from '../filtered-read.js'
import { closedError, createRetrying } from '../retry.js'
import type { ProjectionRecord } from './plan.js'
import { answerOf, ProjectionRefusal } from './refusal.js'

/** Milliseconds for one try. */
const deadline = 3_000
/** The same for a change: its answer may never come, and is then looked for elsewhere. */
const changeDeadline = 2_000

/** The server's management of projections. What only asks is tried again while the server is away, and only then. */
export interface ProjectionServer {
  create(name: string, text: string, emits: boolean): Promise<void>
  update(name: string, text: string, emits: boolean): Promise<void>
  reset(name: string): Promise<void>
  enable(name: string): Promise<void>
  disable(name: string): Promise<void>
  /** @throws ProjectionRefusal `Broken` for a text that does not compile */
  status(name: string): Promise<ProjectionDetails>
  /** What the server wrote down about a projection, oldest first; nothing for an unknown one. */
  records(name: string): Promise<ProjectionRecord[]>
  /** The number under which the server knows a projection; it stands in all that it emits. */
  idOf(name: string): Promise<number | undefined>
  /**
   * The end of a category's stream of links: the number of the youngest entry that names an event of those types, and up to
   * which position in the log events have been linked. A projection does not tell how far it is beyond what it handled.
   * @param types left out: all
   */
  lastOfCategory(category: string, types?: ReadonlySet<string>): Promise<{ readonly revision: number; readonly linked: bigint }>
  /** Position of the youngest event of a category in the log, which may be younger than the last link to one; -1n: there is none. */
  newestOf(category: string): Promise<bigint>
}

/** @param patience milliseconds for which a server that is away is asked again */
export const createProjectionServer = (connection: Connection, patience: number): ProjectionServer => {
  const call = async <T>(work: (client: EventStoreDBClient, options: BaseOptions) => Promise<T>): Promise<T> => {
    if (connection.closing.aborted) throw closedError()
    const retrying = createRetrying(connection, patience)
    for (;;) {
      try {
        return await work(connection.client, { deadline })
      } catch (error) {
        const answer = answerOf(error)
        if (answer) throw new ProjectionRefusal(answer, { cause: error })
        await retrying.failed(error)
      }
    }
  }

  /** Tried once: what became of it is seen in the records. */
  const change = async (work: (client: EventStoreDBClient, options: BaseOptions) => Promise<void>): Promise<void> => {
    if (connection.closing.aborted) throw closedError()
    try {
      await work(connection.client, { deadline: changeDeadline })
    } catch (error) {
      const answer = answerOf(error)
      throw answer ? new ProjectionRefusal(answer, { cause: error }) : error
    }
  }

  const read = (stream: string): Promise<ResolvedEvent[]> =>
    call(async (client) => {
      const open = () => client.readStream(stream, { fromRevision: START })
      const events: ResolvedEvent[] = []
      try {
        for await (const event of drain<ResolvedEvent>(open, connection.closing, deadline)) events.push(event)
      } catch (error) {
        if (faultOf(error) !== 'missing') throw error
      }
      return events
    })

  return {
    create: (name, text, emitEnabled) => change((client, options) => client.createProjection(name, text, { ...options, emitEnabled })),
    update: (name, text, emitEnabled) => change((client, options) => client.updateProjection(name, text, { ...options, emitEnabled })),
    reset: (name) => change((client, options) => client.resetProjection(name, options)),
    enable: (name) => change((client, options) => client.enableProjection(name, options)),
    disable: (name) => change((client, options) => client.disableProjection(name, options)),
    status: (name) => call((client, options) => client.getProjectionStatus(name, options)),
    records: async (name) =>
      (await read(`$projections-${name}`))
        .filter(({ event }) => event?.type === '$ProjectionUpdated')
        .map(({ event }) => toRecord(event!.data)),
    idOf: async (name) => {
      const found = (await read('$projections-$all')).findLast(
        ({ event }) => event?.type === '$ProjectionCreated' && textOf(event.data) === name,
      )
      return found?.event && Number(found.event.revision)
    },
    lastOfCategory: (category, types) =>
      call(async (client) => {
        const range = { direction: BACKWARDS, fromRevision: END, resolveLinkTos: true } as const
        const open = () => client.readStream(`$ce-${category}`, range)
        let linked = -1n
        try {
          for await (const { event, link } of drain<ResolvedEvent>(open, connection.closing, deadline)) {
            // The event of a link may have been removed.
            if (!event || !link) continue
            if (linked < 0n) linked = event.position?.commit ?? -1n
            if (!types || types.has(event.type)) return { revision: Number(link.revision), linked }
          }
        } catch (error) {
          if (faultOf(error) !== 'missing') throw error
        }
        return { revision: -1, linked }
      }),
    newestOf: (category) =>
      call(async (client) => {
        const range = { direction: 'backwards', limit: 1, prefixes: [`${category}-`] } as const
        for await (const { event } of drain<ResolvedEvent>(() => readLogFiltered(client, range), connection.closing, deadline))
          return event?.position?.commit ?? -1n
        return -1n
      }),
  }
}

/** Fields that are false or absent are not written. */
const toRecord = (data: unknown): ProjectionRecord => {
  const { query = '', epoch = -1, enabled = false, emitEnabled = false, deleted = false } = data as Partial<ProjectionRecord>
  return { query, epoch, enabled, emitEnabled, deleted }
}

const textOf = (data: unknown): string => (data instanceof Uint8Array ? Buffer.from(data).toString('utf8') : String(data))
