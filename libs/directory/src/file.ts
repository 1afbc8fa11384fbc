import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Grows with every change of the tables below: a file of another version is made anew, since nothing in it is the only copy. */
const formatVersion = 1

const tables = `
  CREATE TABLE progress (position TEXT NOT NULL);
  INSERT INTO progress VALUES ('-1');
  CREATE TABLE rooms (
    room_id TEXT PRIMARY KEY, status TEXT NOT NULL, owner TEXT, room_name TEXT, categories TEXT NOT NULL, activity_status INTEGER,
    is_public_visible INTEGER, created_at TEXT NOT NULL, updated_at TEXT NOT NULL, view TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX rooms_by_update ON rooms (updated_at, room_id);
  CREATE INDEX rooms_by_creation ON rooms (created_at, room_id);
  CREATE INDEX rooms_by_owner ON rooms (owner, updated_at, room_id);
  CREATE TABLE operations (
    operation_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, status TEXT NOT NULL, is_open INTEGER NOT NULL, requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL, view TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX operations_by_time ON operations (requested_at, operation_id);
  CREATE INDEX operations_by_room ON operations (room_id, requested_at, operation_id);
  CREATE INDEX open_operations ON operations (requested_at, operation_id) WHERE is_open = 1;
  CREATE TABLE ownerships (
    account TEXT NOT NULL, sort_key TEXT NOT NULL, room_id TEXT NOT NULL, view TEXT NOT NULL,
    PRIMARY KEY (account, sort_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ownerships_by_room ON ownerships (room_id);
`

/** Opens the file, or makes it anew when it is missing, unreadable, or of another version. */
export const openFile = (file: string, log: (message: string) => void): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true })
  try {
    const db = configure(file)
    const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (version === formatVersion && db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] === 'ok') return db
    db.close()
    if (version !== 0) log(`${file} is of another version or damaged; it is rebuilt from the log`)
  } catch (error) {
    log(`${file} cannot be read (${(error as Error).message}); it is rebuilt from the log`)
  }
  return makeAnew(file)
}

export const makeAnew = (file: string): DatabaseSync => {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
  const db = configure(file)
  db.exec(`BEGIN; ${tables} PRAGMA user_version = ${formatVersion}; COMMIT`)
  return db
}

const configure = (file: string): DatabaseSync => {
  const db = new DatabaseSync(file)
  // Disposable: a power cut may cost the last rows together with their checkpoint, which are then read from the log again.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000')
  return db
}
