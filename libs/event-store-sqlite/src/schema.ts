/** Stands in the file's header (`PRAGMA application_id`), so that a file of something else is never taken for ours: "RmLd". */
export const applicationId = 0x526d4c64

/**
 * Version of the layout below (`PRAGMA user_version`). A file with a higher one comes from a newer release and is refused; one
 * with a lower one is brought up to date (`upgrade-file.ts`). 2: each row carries its checksum.
 */
export const formatVersion = 2

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
  checksum    INTEGER NOT NULL DEFAULT 0,
  UNIQUE (stream, revision),
  UNIQUE (stream, id)
);
`

/** From format 1: a column at the same place as in the schema above. */
export const addChecksums = 'ALTER TABLE events ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0'

const blank = /\s+/g
const intended = schema.replace(blank, '')

/** Whether a table's own text, as the file has it, is ours: damage there would change what its columns mean. */
export const isIntended = (sql: string, format: number): boolean =>
  format === formatVersion
    ? `${sql.replace(blank, '')};` === intended
    : `${sql.replace(blank, '')};` === intended.replace('checksumINTEGERNOTNULLDEFAULT0,', '')
