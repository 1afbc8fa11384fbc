import { v5 } from 'uuid'
import type { RecordedEvent } from '#event-store'
import type { BatchOutcome, PartitionState } from '../engine/interpreter.js'
import { ProjectionFault } from '../engine/fault.js'
import { inheritedFrom } from '../engine/inherited.js'
import { toJson } from '../engine/state-json.js'
import type { ProjectionDefinition } from '../projections.js'
import { closeFile, openFile } from './open-file.js'

/** How far a projection has come. */
export interface Checkpoint {
  readonly epoch: number
  readonly version: number
  readonly position: bigint
  readonly eventsProcessed: number
  /** The youngest event it has handled: shows whether the log is still the one that it was computed from. */
  readonly lastEvent: { readonly position: bigint; readonly id: string } | undefined
}

export interface Batch {
  readonly projection: string
  readonly epoch: number
  readonly position: bigint
  readonly outcome: BatchOutcome
  readonly lastEvent: RecordedEvent | undefined
}

/** Namespace of the ids of emitted events. */
const namespace = '0c9a3c1e-5c0e-5d6a-9c0f-3d1c4d7f2a11'
const sweepRows = 2000

/** The SQLite file behind the embedded projections: checkpoints, states and emitted events, changed together or not at all. */
export const createOutputFile = (file: string, warn: (message: string) => void) => {
  const db = openFile(file, warn)
  const sql = {
    find: db.prepare('SELECT * FROM projections WHERE name = ?'),
    add: db.prepare("INSERT INTO projections VALUES (?, ?, ?, 1, -1, -1, '', 0, 0)"),
    setSource: db.prepare('UPDATE projections SET source = ? WHERE name = ?'),
    newEpoch: db.prepare(
      "UPDATE projections SET epoch = epoch + 1, version = ?, source = ?, position = -1, last_event_position = -1, last_event_id = '', events_processed = 0 WHERE name = ?",
    ),
    advance: db.prepare('UPDATE projections SET position = ?, events_processed = events_processed + ? WHERE name = ? AND epoch = ?'),
    setLastEvent: db.prepare('UPDATE projections SET last_event_position = ?, last_event_id = ? WHERE name = ?'),
    partition: db.prepare('SELECT state, result FROM partitions WHERE projection = ? AND epoch = ? AND partition = ?'),
    setPartition: db.prepare('INSERT OR REPLACE INTO partitions VALUES (?, ?, ?, ?, ?)'),
    nextRevision: db.prepare(
      'INSERT INTO emitted_streams VALUES (?, ?, 1) ON CONFLICT (stream) DO UPDATE SET next_revision = next_revision + 1 RETURNING projection, next_revision - 1 AS revision',
    ),
    lastRevision: db.prepare('SELECT next_revision - 1 AS revision FROM emitted_streams WHERE stream = ?'),
    emit: db.prepare('INSERT INTO emitted (stream, revision, projection, epoch, id, type, data, metadata) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    sweepPartitions: db.prepare(
      'DELETE FROM partitions WHERE (projection, epoch, partition) IN (SELECT projection, epoch, partition FROM partitions WHERE projection = ? AND epoch < ? LIMIT ?)',
    ),
    sweepEmitted: db.prepare('DELETE FROM emitted WHERE seq > ? AND seq <= ? AND projection = ? AND epoch < ?'),
    lastSeq: db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM emitted'),
    swept: db.prepare('UPDATE projections SET purged_epoch = max(purged_epoch, ?) WHERE name = ?'),
  }
  sql.find.setReadBigInts(true)

  const transaction = <T>(work: () => T): T => {
    db.exec('BEGIN IMMEDIATE')
    try {
      const result = work()
      db.exec('COMMIT')
      return result
    } catch (thrown) {
      if (db.isTransaction) db.exec('ROLLBACK')
      throw thrown
    }
  }

  const find = (name: string): Checkpoint | undefined => {
    const row = sql.find.get(name) as unknown as ProjectionRow | undefined
    return (
      row && {
        epoch: Number(row.epoch),
        version: Number(row.version),
        position: row.position,
        eventsProcessed: Number(row.events_processed),
        lastEvent: row.last_event_position < 0n ? undefined : { position: row.last_event_position, id: row.last_event_id },
      }
    )
  }

  const writeEmitted = ({ projection, epoch, outcome }: Batch): void => {
    for (const { cause, emissions } of outcome.emitted) {
      const inherited = { $causedBy: cause.id, ...inheritedFrom(cause.metadata) }
      emissions.forEach(({ stream, type, data, metadata, linkToLast, causeless }, ordinal) => {
        const given = sql.nextRevision.get(stream, projection) as { projection: string; revision: number }
        if (given.projection !== projection) throw new ProjectionFault(`stream ${stream} belongs to projection ${given.projection}`)
        const link = linkToLast && `${(sql.lastRevision.get(linkToLast) as { revision: number }).revision}@${linkToLast}`
        const id = v5(`${projection}/${epoch}/${cause.id}/${ordinal}`, namespace)
        const text = causeless ? '{}' : toJson('emitted metadata', { ...inherited, ...metadata, $causedBy: cause.id })
        sql.emit.run(stream, given.revision, projection, epoch, id, type, link ? JSON.stringify(link) : data, text)
      })
    }
  }

  return {
    db,
    find,

    /** Makes the definition known, or takes over its text. The version stays as it was. */
    register: ({ name, version, source }: ProjectionDefinition): Checkpoint => {
      if (find(name)) sql.setSource.run(source, name)
      else sql.add.run(name, version, source)
      return find(name)!
    },

    /** Begins again: what the earlier epochs wrote is hidden from now on. */
    startEpoch: ({ name, version, source }: ProjectionDefinition): Checkpoint => {
      sql.newEpoch.run(version, source, name)
      return find(name)!
    },

    partition: (projection: string, epoch: number, partition: string): PartitionState | undefined =>
      sql.partition.get(projection, epoch, partition) as PartitionState | undefined,

    /** Emitted events, states and checkpoint of a batch, all or nothing. @throws ProjectionFault when a stream belongs to another projection. */
    commit: (batch: Batch): void =>
      transaction(() => {
        writeEmitted(batch)
        for (const [partition, { state, result }] of batch.outcome.partitions)
          sql.setPartition.run(batch.projection, batch.epoch, partition, state, result)
        if (sql.advance.run(batch.position, batch.outcome.handled, batch.projection, batch.epoch).changes === 0)
          throw new Error(`projection ${batch.projection} is no longer in epoch ${batch.epoch}`)
        if (batch.lastEvent) sql.setLastEvent.run(batch.lastEvent.position, batch.lastEvent.id, batch.projection)
      }),

    /** Removes what earlier epochs left behind, a little at a time: `yield`s between the steps. */
    sweep: function* (name: string): Generator<void> {
      const row = sql.find.get(name) as unknown as ProjectionRow
      const epoch = Number(row.epoch)
      if (Number(row.purged_epoch) >= epoch - 1) return
      while (sql.sweepPartitions.run(name, epoch, sweepRows).changes > 0) yield
      const { seq: last } = sql.lastSeq.get() as { seq: number }
      for (let seq = 0; seq < last; seq += sweepRows) {
        sql.sweepEmitted.run(seq, seq + sweepRows, name, epoch)
        yield
      }
      sql.swept.run(epoch - 1, name)
    },

    close: (): void => closeFile(db, file),
  }
}

export type OutputFile = ReturnType<typeof createOutputFile>

interface ProjectionRow {
  readonly version: bigint
  readonly epoch: bigint
  readonly position: bigint
  readonly events_processed: bigint
  readonly last_event_position: bigint
  readonly last_event_id: string
  readonly purged_epoch: bigint
}
