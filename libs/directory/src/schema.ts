import { logCheckpointTable } from '#event-store'

/** Grows with every change of the tables below, or of what belongs into them: a file of another version is made anew, since nothing in it is the only copy. */
export const formatVersion = 5

/**
 * What rooms are looked for by stands apart from what is shown of them: a search that finds little walks all rooms, and
 * the narrow rows, repeated in the indexes, make that walk of 100,000 rooms some ten milliseconds instead of seconds.
 */
const searched = 'owner, activity_status, is_public_visible, categories, folded_id, folded_name'

/** The columns that hold numbers say no type: what the vendor once sent must not stop the index. */
export const tables = `
  ${logCheckpointTable}

  CREATE TABLE rooms (
    room_id TEXT PRIMARY KEY, status TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    owner TEXT, activity_status, is_public_visible, categories TEXT NOT NULL, folded_id TEXT NOT NULL, folded_name TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX rooms_by_update ON rooms (updated_at, room_id, status, ${searched});
  CREATE INDEX rooms_by_creation ON rooms (created_at, room_id, status, updated_at, ${searched});
  CREATE INDEX active_rooms_by_update ON rooms (updated_at, room_id, ${searched}) WHERE status = 'active';
  CREATE INDEX active_rooms_by_creation ON rooms (created_at, room_id, updated_at, ${searched}) WHERE status = 'active';
  CREATE INDEX active_rooms ON rooms (room_id, updated_at, ${searched}) WHERE status = 'active';
  CREATE INDEX rooms_of_owner_by_update ON rooms (owner, updated_at, room_id);
  CREATE INDEX rooms_of_owner_by_creation ON rooms (owner, created_at, room_id);
  CREATE INDEX rooms_of_owner ON rooms (owner, room_id);
  CREATE TABLE room_views (room_id TEXT PRIMARY KEY, view TEXT NOT NULL) STRICT;

  CREATE TABLE rooms_to_ask_about (room_id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

  CREATE TABLE operations (
    operation_id TEXT PRIMARY KEY, room_id TEXT NOT NULL, status TEXT NOT NULL, is_open INTEGER NOT NULL, requested_by TEXT NOT NULL,
    requested_at TEXT NOT NULL, view TEXT NOT NULL
  ) STRICT;
  CREATE INDEX operations_by_time ON operations (requested_at, operation_id);
  CREATE INDEX operations_of_room ON operations (room_id, requested_at, operation_id);
  CREATE INDEX operations_of_status ON operations (status, requested_at, operation_id);
  CREATE INDEX operations_of_requester ON operations (requested_by, requested_at, operation_id);
  CREATE INDEX open_operations ON operations (requested_at, operation_id) WHERE is_open = 1;

  CREATE TABLE ownerships (
    account TEXT NOT NULL, since TEXT NOT NULL, room_id TEXT NOT NULL, event_id TEXT NOT NULL, view TEXT NOT NULL,
    PRIMARY KEY (account, since, room_id, event_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX ownerships_of_room ON ownerships (room_id);

  CREATE TABLE named_owners (
    account TEXT NOT NULL, room_id TEXT NOT NULL, named_at TEXT, known_at TEXT, until TEXT, PRIMARY KEY (account, room_id)
  ) STRICT, WITHOUT ROWID;
`
