import type { Json } from '#event-store'
import { messageOf, ProjectionFault } from './fault.js'
import { toJson } from './state-json.js'

/** An event that a handler asked for, before it has an id and a revision. */
export interface Emission {
  readonly stream: string
  readonly type: string
  /** JSON text. */
  readonly data: string
  readonly metadata: { readonly [key: string]: Json }
}

/** The globals of the run phase; what they are told is collected until `take()`. */
export const createEmitter = (emits: boolean, log: (message: string) => void) => {
  let collected: Emission[] = []

  const put = (stream: unknown, type: string, data: string, metadata: Emission['metadata']): void => {
    if (!emits) throw new ProjectionFault('the projection emits, but is not allowed to (emits: false)')
    collected.push({ stream: text('stream', stream), type, data, metadata })
  }

  const globals: Record<string, (...args: unknown[]) => void> = {
    emit: (...args) => {
      if (args.length < 3) throw new ProjectionFault('emit() takes stream, type and body')
      const [stream, type, body, metadata] = args
      // Where there are more than four, EventStoreDB passes over the metadata.
      const extra = args.length === 4 ? metadataOf(metadata) : {}
      put(stream, text('event type', type), toJson('emitted body', objectOf('emitted body', body)), extra)
    },
    linkTo: (...args) => {
      if (args.length !== 2 && args.length !== 3) throw new ProjectionFault('linkTo() takes stream, event and perhaps metadata')
      const { sequenceNumber, streamId } = objectOf('event', args[1]) as { sequenceNumber?: unknown; streamId?: unknown }
      if (typeof sequenceNumber !== 'number' || typeof streamId !== 'string')
        throw new ProjectionFault(`Invalid link to event ${String(sequenceNumber)}@${String(streamId)}`)
      put(args[0], '$>', JSON.stringify(`${sequenceNumber}@${streamId}`), args.length === 3 ? metadataOf(args[2]) : {})
    },
    linkStreamTo: (...args) => {
      if (args.length !== 2) throw new ProjectionFault('linkStreamTo() takes two arguments; EventStoreDB throws on a third')
      put(args[0], '$@', JSON.stringify(text('linked stream', args[1])), {})
    },
    copyTo: () => undefined,
    log: (...args) => {
      if (args.length > 0) log(args.map((part) => (typeof part === 'object' && part !== null ? describe(part) : String(part))).join(' ,'))
    },
  }

  const take = (): Emission[] => {
    const taken = collected
    collected = []
    return taken
  }

  return { globals, take }
}

const text = (what: string, value: unknown): string => {
  if (typeof value !== 'string' || value.trim() === '') throw new ProjectionFault(`${what}: a text that is not blank was expected`)
  return value
}

const objectOf = (what: string, value: unknown): object => {
  if (typeof value !== 'object' || value === null) throw new ProjectionFault(`${what}: object expected`)
  return value
}

const metadataOf = (value: unknown): Emission['metadata'] =>
  JSON.parse(toJson('emitted metadata', objectOf('metadata', value))) as Emission['metadata']

const describe = (value: object): string => {
  try {
    return JSON.stringify(value)
  } catch (thrown) {
    return messageOf(thrown)
  }
}
