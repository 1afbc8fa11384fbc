import { randomUUID } from 'node:crypto'
import type { Check, Expected } from './check-append.js'
import { checkAppend } from './check-append.js'
import type { LogRecord, Proposed } from './record.js'
import type { StreamMetadata } from './stream-metadata.js'
import { deletedMark, firstVisible, isMetastream, metastreamOf, originalOf, parseMetadata, withTruncateBefore } from './stream-metadata.js'

export type Written =
  { readonly kind: 'written'; readonly revision: number; readonly position: bigint } | Exclude<Check, { kind: 'ok' | 'idempotent' }>
export type Deleted = { readonly kind: 'written'; readonly position: bigint } | Exclude<Check, { kind: 'ok' | 'idempotent' }>

/** What the doubles of one cluster share: every event ever written, and the server's memory of ids. */
export interface Log {
  readonly records: readonly LogRecord[]
  /** Events of a stream; the index is the revision. A tombstone is not among them. */
  stream(name: string): readonly LogRecord[]
  metadata(name: string): StreamMetadata
  isTombstoned(name: string): boolean
  append(stream: string, events: readonly Proposed[], expected: Expected): Written
  delete(stream: string, expected: Expected): Deleted
  tombstone(stream: string, expected: Expected): Deleted
  /** Calls back after each write. @returns what ends it */
  onCommit(listener: () => void): () => void
  /** What a restart does to the server's memory of ids. */
  forgetIds(): void
}

interface Stream {
  readonly records: LogRecord[]
  tombstoned: boolean
}

/** Bytes that the server's log takes for an event besides its body; so positions grow with holes, as they do there. */
const overhead = 100

export const createLog = (): Log => {
  const records: LogRecord[] = []
  const streams = new Map<string, Stream>()
  const listeners = new Set<() => void>()
  let remembered = new Map<string, { stream: string; revision: number }>()
  let next = 1_000n

  const nameless: Stream = { records: [], tombstoned: false }
  const streamOf = (name: string): Stream => streams.get(name) ?? nameless
  const isTombstoned = (name: string): boolean => streamOf(name).tombstoned || (isMetastream(name) && streamOf(originalOf(name)).tombstoned)
  const metadataRecord = (name: string): LogRecord | undefined => streamOf(metastreamOf(name)).records.at(-1)
  const metadata = (name: string): StreamMetadata => (isMetastream(name) ? { maxCount: 1 } : parseMetadata(metadataRecord(name)))
  const isSoftDeleted = (name: string): boolean => metadata(name).truncateBefore === deletedMark

  const write = (name: string, { id, type, isJson, data, metadata }: Proposed): LogRecord => {
    const stream = streams.get(name) ?? { records: [], tombstoned: false }
    streams.set(name, stream)
    const revision = stream.records.length
    const record: LogRecord = { position: next, stream: name, revision, id, type, isJson, data, metadata, created: Date.now() }
    next += BigInt(overhead + 2 * (name.length + type.length) + data.length + metadata.length)
    stream.records.push(record)
    records.push(record)
    remembered.set(id, { stream: name, revision })
    return record
  }
  const writeMetadata = (name: string, data: Uint8Array): LogRecord =>
    write(metastreamOf(name), { id: randomUUID(), type: '$metadata', isJson: true, data, metadata: new Uint8Array() })

  const check = (name: string, expected: Expected, ids: readonly string[]): Check => {
    const written = streamOf(name).records
    return checkAppend(
      {
        head: written.length - 1,
        tombstoned: isTombstoned(name),
        softDeleted: isSoftDeleted(name),
        hasMetadata: metadataRecord(name) !== undefined,
        idAt: (revision) => written[revision]?.id,
        remembered: (id) => {
          const known = remembered.get(id)
          return known?.stream === name ? known.revision : undefined
        },
      },
      expected,
      ids,
    )
  }
  const committed = () => {
    for (const listener of listeners) listener()
  }

  return {
    records,
    stream: (name) => streamOf(name).records,
    metadata,
    isTombstoned,
    append: (name, events, expected) => {
      const verdict = check(
        name,
        expected,
        events.map(({ id }) => id),
      )
      const at = (revision: number): Written => ({
        kind: 'written',
        revision,
        position: streamOf(name).records[revision]?.position ?? -1n,
      })
      if (verdict.kind === 'idempotent') {
        // Where the old event is truncated away, the server no longer knows its position.
        const hidden = verdict.revision < firstVisible(metadata(name), streamOf(name).records.length - 1)
        return hidden ? { ...at(verdict.revision), position: -1n } : at(verdict.revision)
      }
      if (verdict.kind !== 'ok') return verdict
      const head = streamOf(name).records.length - 1
      const undelete = isSoftDeleted(name) ? name : isMetastream(name) && isSoftDeleted(originalOf(name)) ? originalOf(name) : undefined
      for (const event of events) write(name, event)
      if (undelete)
        writeMetadata(
          undelete,
          withTruncateBefore(metadataRecord(undelete), undelete === name ? head + 1 : streamOf(undelete).records.length),
        )
      committed()
      return at(head + events.length)
    },
    delete: (name, expected) => {
      const verdict = check(name, expected, [randomUUID()])
      if (verdict.kind === 'wrong' || verdict.kind === 'deleted') return verdict
      if (streamOf(name).records.length === 0 && !metadataRecord(name)) return { kind: 'wrong', actual: -1 }
      const { position } = writeMetadata(name, Buffer.from(`{"$tb":${deletedMark}}`))
      committed()
      return { kind: 'written', position }
    },
    tombstone: (name, expected) => {
      const verdict = check(name, expected, [randomUUID()])
      if (verdict.kind === 'wrong' || verdict.kind === 'deleted') return verdict
      const empty = new Uint8Array()
      const record = write(name, { id: randomUUID(), type: '$streamDeleted', isJson: false, data: empty, metadata: empty })
      const stream = streams.get(name)!
      stream.records.pop()
      stream.tombstoned = true
      committed()
      return { kind: 'written', position: record.position }
    },
    onCommit: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    forgetIds: () => {
      remembered = new Map()
    },
  }
}
