import { createHash } from 'node:crypto'
import { isFiltered } from '../export/filter.js'
import { addLine, exportVersion, type ExportEnd, type ExportHead } from '../export/format.js'
import type { FindingKind, Findings } from './findings.js'
import type { Line } from './lines-of.js'
import { createRows, type ReadRows, type Rows } from './read-rows.js'
import { readLine } from './read-line.js'

/** What was read, for what can only be said at the end. */
export interface ReadExport extends ReadRows {
  readonly head: ExportHead | undefined
  readonly end: ExportEnd | undefined
  /** The line of an event, by its place from 0. */
  readonly lineOf: (place: number) => number
  /** SHA-256 over every byte before the last line. */
  readonly sha256: string
}

/** Reads all lines once, and finds what a line tells by itself. @param thenSize how many events the older checkpoint had */
export const readExport = async (lines: AsyncIterable<Line>, findings: Findings, thenSize?: number): Promise<ReadExport> => {
  const sum = createHash('sha256')
  let head: ExportHead | undefined
  let end: ExportEnd | undefined
  let rows: Rows | undefined
  /** The line of the first event. */
  let first = 2
  let number = 0
  const tell = (kind: FindingKind, message: string): void => findings.add({ kind, line: number, message: `Line ${number}${message}.` })

  for await (const { bytes, ended } of lines) {
    number += 1
    if (end) {
      tell('trailing', ' stands behind the last line of the export')
      break
    }
    const line = readLine(bytes)
    if (number === 1 && (line.is === 'head' || line.is === 'unreadable')) {
      addLine(sum, bytes)
      if (line.is === 'unreadable') tell('altered', ` is not the first line of an export: it ${line.why}`)
      else {
        head = line.head
        checkHead(head, findings)
      }
    } else if (line.is === 'end') {
      end = line.end
      if (!ended) tell('truncated', ', the last one, does not end with a line break: the file was cut off there')
    } else {
      if (number === 1) {
        first = 1
        tell('removed', ' is not the first line of an export: that was removed')
      }
      addLine(sum, bytes)
      rows ??= createRows(findings, head, thenSize)
      rows.take(line, number)
    }
  }
  rows ??= createRows(findings, head, thenSize)
  return { head, end, lineOf: (place) => place + first, sha256: sum.digest('base64'), ...rows.result() }
}

const checkHead = ({ roomLedgerExport, filtered, filter, size }: ExportHead, findings: Findings): void => {
  const tell = (kind: 'not-an-export' | 'contradiction', message: string): void => findings.add({ kind, line: 1, message })
  if (roomLedgerExport !== exportVersion)
    tell('not-an-export', `Line 1 says that this is an export of version ${roomLedgerExport}; this program reads version ${exportVersion}.`)
  if (filtered !== isFiltered(filter)) tell('contradiction', 'Line 1 was altered: whether it is filtered does not agree with its filter.')
  if (filtered && size === undefined) tell('contradiction', 'Line 1 does not say the size of the tree, without which no proof can be read.')
}
