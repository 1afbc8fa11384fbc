import { logCheckpointTable, type DerivedTables } from '#event-store'

/** Hashes kept in one row: 4 KiB, so that a proof reads few and an append writes little. */
export const nodesAChunk = 128

export const auditTables: DerivedTables = {
  formatVersion: 1,
  tables: `
  ${logCheckpointTable}
  CREATE TABLE tree (size INTEGER NOT NULL) STRICT;
  INSERT INTO tree VALUES (0);
  CREATE TABLE nodes (chunk INTEGER PRIMARY KEY, hashes BLOB NOT NULL) STRICT;
  CREATE TABLE places (event_id ANY PRIMARY KEY, place INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`,
}
