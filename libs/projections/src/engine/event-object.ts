import type { RecordedEvent } from '#event-store'
import { ProjectionFault } from './fault.js'

/** Turns JSON text into a value of the projection's own realm. */
export type Parse = (json: string) => unknown

/** The event as a handler sees it. Read-only; `body`/`data` and `metadata` are parsed when first asked for. */
export const createEventObject = (event: RecordedEvent, category: string | null, partition: string, parse: Parse): object => {
  const bodyRaw = lazy(() => JSON.stringify(event.data))
  const metadataRaw = lazy(() => JSON.stringify(event.metadata))
  const body = lazy(() => parse(bodyRaw()))
  const metadata = lazy(() => parse(metadataRaw()))
  const object = {
    partition,
    streamId: event.stream,
    eventId: event.id,
    eventType: event.type,
    sequenceNumber: event.revision,
    isJson: true,
    category,
    get bodyRaw() {
      return bodyRaw()
    },
    get metadataRaw() {
      return metadataRaw()
    },
    get body() {
      return body()
    },
    get data() {
      return body()
    },
    get metadata() {
      return metadata()
    },
  }
  for (const name of ['created', 'linkMetadataRaw', 'linkMetadata']) Object.defineProperty(object, name, { get: () => absent(name) })
  return Object.freeze(object)
}

const absent = (name: string): never => {
  throw new ProjectionFault(`event.${name} is not known to the embedded engine`)
}

const lazy = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}
