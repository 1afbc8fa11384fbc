import { DatabaseSync } from 'node:sqlite'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { crc32 } from 'node:zlib'

// Runs in a thread of its own too, which has to find everything here: so it imports nothing but what is Node's.

export interface StoredRow {
  readonly position: number
  readonly stream: string
  readonly revision: number
  readonly id: string
  readonly type: string
  readonly data: string
  readonly metadata: string
}

/** Over all that a row holds, its place included. SQLite has none of its own for what stands in the file. */
export const checksumOf = ({ position, stream, revision, id, type, data, metadata }: StoredRow): number =>
  crc32(`${position}\n${stream}\n${revision}\n${id}\n${type}\n${data}\n${metadata}`)

export interface Inspection {
  readonly path: string
  /** Without checksums: a file of format 1 has none. */
  readonly unchecked?: boolean
}

const rowsASlice = 2_000

/**
 * Looks through the whole file: structure, indexes, that no position is missing, and every row. About a second for 100,000
 * events on a busy machine. Reads only.
 *
 * @returns what is wrong
 */
export const findFlaw = ({ path, unchecked = false }: Inspection): string | undefined => {
  try {
    using db = new DatabaseSync(path, { readOnly: true })
    const check = String(db.prepare('PRAGMA integrity_check(1)').get()?.['integrity_check'])
    return check === 'ok' ? flawInRows(db, unchecked) : check.replaceAll('\n', ' ')
  } catch (error) {
    return (error as Error).message
  }
}

const flawInRows = (db: DatabaseSync, unchecked: boolean): string | undefined => {
  // In slices: one long reading would keep the write-ahead log from being taken up.
  const columns = `position, stream, revision, id, type, data, metadata, ${unchecked ? 'json_valid(data) AND json_valid(metadata)' : 'checksum'} AS proof`
  const slice = db.prepare(`SELECT ${columns} FROM events WHERE position > ? ORDER BY position LIMIT ${rowsASlice}`)
  for (let last = 0; ;) {
    const before = last
    for (const row of slice.iterate(last)) {
      const stored = row as unknown as StoredRow & { readonly proof: number }
      if (stored.position !== last + 1) return `the event at position ${last + 1} is missing`
      last = stored.position
      if (stored.proof !== (unchecked ? 1 : checksumOf(stored))) return `the event at position ${last} is not as it was written`
    }
    if (last === before) return undefined
  }
}

export interface Inspecting {
  readonly flaw: Promise<string | undefined>
  /** From now on it is no reason for the process to stay. */
  stayBehind(): void
  end(): void
}

/** The same, in a thread of its own. */
export const findFlawAside = (inspection: Inspection): Inspecting => {
  const worker = new Worker(new URL(import.meta.url), { workerData: { inspection } })
  const flaw = new Promise<string | undefined>((resolve, reject) => {
    worker.once('message', resolve).once('error', reject)
    worker.once('exit', () => resolve(undefined))
  })
  return { flaw, stayBehind: () => worker.unref(), end: () => void worker.terminate() }
}

if (!isMainThread && typeof workerData === 'object' && workerData !== null && 'inspection' in workerData)
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage(findFlaw(workerData.inspection as Inspection))
