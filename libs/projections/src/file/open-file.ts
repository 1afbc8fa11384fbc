import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { breakSeal, seal } from '#event-store'

/** Marks the file as ours ("RLPR"), so that nothing else is ever mistaken for it and deleted. */
const applicationId = 0x524c5052
const formatVersion = 1

const schema = `
  CREATE TABLE projections (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    source TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    last_event_position INTEGER NOT NULL,
    last_event_id TEXT NOT NULL,
    events_processed INTEGER NOT NULL,
    purged_epoch INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE partitions (
    projection TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    partition TEXT NOT NULL,
    state TEXT,
    result TEXT,
    PRIMARY KEY (projection, epoch, partition)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE emitted_streams (
    stream TEXT PRIMARY KEY,
    projection TEXT NOT NULL,
    next_revision INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE emitted (
    seq INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    projection TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    id TEXT NOT NULL,
    type TEXT NOT NULL,
    data TEXT NOT NULL,
    metadata TEXT NOT NULL,
    UNIQUE (stream, revision)
  ) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${formatVersion};
`

/**
 * Opens the output of the projections. A file that is damaged, or of another format of ours, is deleted and begun anew:
 * everything in it can be computed again. `synchronous=NORMAL`: after a loss of power the last batches are computed again.
 *
 * @throws when the file is a sound SQLite database of something else: that is a wrong setting, and its data is not ours to delete.
 */
export const openFile = (file: string, warn: (message: string) => void): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true })
  if (existsSync(file)) {
    const found = inspect(file)
    if (found === 'ours') return configure(new DatabaseSync(file))
    if (found === 'foreign') throw new Error(`${file} is a database of something else; name another file for the projections`)
    if (found === 'unusable') warn(`${file} cannot be used and is rebuilt from the log`)
    for (const suffix of ['', '-wal', '-shm', '-seal']) rmSync(file + suffix, { force: true })
  }
  const db = configure(new DatabaseSync(file))
  db.exec(`BEGIN; ${schema} COMMIT`)
  return db
}

/** Closes it in good order, so that the next start knows what it was. */
export const closeFile = (db: DatabaseSync, file: string): void => {
  db.close()
  seal(file)
}

const configure = (db: DatabaseSync): DatabaseSync => {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000')
  return db
}

type Found = 'ours' | 'foreign' | 'empty' | 'unusable'

const inspect = (file: string): Found => {
  let db: DatabaseSync | undefined
  const sealed = breakSeal(file)
  // Nothing but ours has a seal, whatever its header says by now.
  if (sealed === 'altered') return 'unusable'
  try {
    db = new DatabaseSync(file)
    const pragma = (name: string): unknown => Object.values(db!.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number }
    if (pragma('application_id') !== applicationId) return tables > 0 ? 'foreign' : 'empty'
    return pragma('user_version') === formatVersion && isWhole(pragma, sealed) && hasSchema(db) ? 'ours' : 'unusable'
  } catch {
    return 'unusable'
  } finally {
    db?.close()
  }
}

const isWhole = (pragma: (name: string) => unknown, sealed: ReturnType<typeof breakSeal>): boolean =>
  sealed === 'whole' || pragma('integrity_check(1)') === 'ok'

const hasSchema = (db: DatabaseSync): boolean =>
  ['projections', 'partitions', 'emitted_streams', 'emitted'].every(
    (name) => db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(name) !== undefined,
  )
