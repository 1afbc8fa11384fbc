/** Stands in the file's header (`PRAGMA application_id`), so that a file of something else is never taken for ours: "RmLd". */
export const applicationId = 0x526d4c64

/** Version of the layout below (`PRAGMA user_version`). A file with a higher one comes from a newer release and is refused. */
export const formatVersion = 1

/**
 * One row an event. What an auditor looks for first is pulled out of the JSON as columns that are computed on reading,
 * so that they can never differ from it. Described in `docs/reference/sqlite-file.md`.
 */
export const schema = `
CREATE TABLE events (
  position    INTEGER PRIMARY KEY,
  stream      TEXT NOT NULL,
  revision    INTEGER NOT NULL,
  id          TEXT NOT NULL,
  type        TEXT NOT NULL,
  occurred_at TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.occurredAt')) VIRTUAL,
  recorded_at TEXT GENERATED ALWAYS AS (json_extract(metadata, '$.recordedAt')) VIRTUAL,
  data        TEXT NOT NULL,
  metadata    TEXT NOT NULL,
  UNIQUE (stream, revision),
  UNIQUE (stream, id)
);
`
