import { createHash } from 'node:crypto'
import { isFiltered, isWholeRoom } from '../export/filter.js'
import { addLine, exportVersion, type ExportEnd, type ExportHead } from '../export/format.js'
import { createHints, type Hints } from '../export/hints.js'
import { createGrowingTree } from '../merkle/growing-tree.js'
import { hashLeaf } from '../merkle/hash.js'
import { flawOfContent, flawOfFilter, type RowFlaw } from './check-row.js'
import { createEventIds, type EventIds } from './event-ids.js'
import type { Findings } from './findings.js'
import type { Line } from './lines-of.js'
import { ofEvent } from './name-places.js'
import { readLine } from './read-line.js'
import { createProofs } from './proofs.js'
import { createRevisions, type Jump } from './revisions.js'

/** What was read, for what can only be said at the end. */
export interface ReadExport {
  readonly head: ExportHead | undefined
  readonly end: ExportEnd | undefined
  readonly rows: number
  readonly lineOf: (place: number) => number
  readonly ids: EventIds
  readonly hints: Hints
  /** SHA-256 over every byte before the last line. */
  readonly sha256: string
  /** Of what is not filtered: root of all, and of as many as the older checkpoint had. */
  readonly root: Buffer
  readonly rootThen: Buffer | undefined
  /** Of what is filtered: the roots that the proofs lead to (`''` = to none), with the places of those rows. */
  readonly proven: ReadonlyMap<string, readonly number[]>
  /** Of what is filtered: places whose index is not above the one before. */
  readonly disordered: readonly number[]
  readonly jumps: readonly Jump[]
}

const nothing = Buffer.alloc(32, 0xff)

/** Reads all lines once, and finds what a line tells by itself. @param thenSize how many events the older checkpoint had */
export const readExport = async (lines: AsyncIterable<Line>, findings: Findings, thenSize?: number): Promise<ReadExport> => {
  const tree = createGrowingTree(0, () => nothing)
  const [hints, ids, revisions] = [createHints(), createEventIds(), createRevisions()]
  const sum = createHash('sha256')
  const proofs = createProofs()
  let head: ExportHead | undefined
  let end: ExportEnd | undefined
  let rootThen = thenSize === 0 ? tree.root() : undefined
  let [number, first, trailing] = [0, 2, 0]

  const tell = (flaw: RowFlaw, eventId?: string): void =>
    findings.add({
      kind: flaw.kind,
      line: number,
      ...(eventId !== undefined && { eventId }),
      message: `Line ${number}${ofEvent(eventId)} ${flaw.message}.`,
    })

  for await (const { bytes, ended } of lines) {
    number += 1
    if (end) {
      trailing += 1
      if (trailing === 1)
        findings.add({ kind: 'trailing', line: number, message: `Line ${number} stands behind the last line of the export.` })
      continue
    }
    const line = readLine(bytes)
    if (number === 1) {
      if (line.is === 'head') head = line.head
      else if (line.is === 'unreadable') tell({ kind: 'altered', message: `is not the first line of an export: it ${line.why}` })
      else {
        tell({ kind: 'removed', message: 'is not the first line of an export: that was removed' })
        first = 1
      }
      if (line.is === 'head') checkHead(line.head, findings)
      if (first === 2) addLine(sum, bytes)
      if (first === 2) continue
    }
    if (line.is === 'end') {
      end = line.end
      if (!ended)
        findings.add({
          kind: 'truncated',
          line: number,
          message: `Line ${number}, the last one, does not end with a line break: the file was cut off there.`,
        })
      continue
    }
    addLine(sum, bytes)
    if (line.is !== 'row') {
      tell({
        kind: 'altered',
        message: line.is === 'head' ? 'is a first line in the middle' : `cannot be read as an event: it ${line.why}`,
      })
      // It keeps its place, so that those of the others can be told.
      hints.add(nothing)
      ids.add(undefined)
      proofs.skip()
      tree.append(nothing)
    } else {
      const { row, canonical } = line
      const { id } = row.content
      const flaw = flawOfContent(row, canonical) ?? (head && flawOfFilter(row, head))
      if (flaw) tell(flaw, id)
      const leafHash = hashLeaf(row.leaf)
      hints.add(leafHash)
      ids.add(id)
      if (head?.filtered) proofs.note(row, leafHash, head.size ?? 0)
      else tree.append(leafHash)
      if (!head || !isFiltered(head.filter) || isWholeRoom(head.filter)) revisions.note(number, row.content)
    }
    if (tree.size === thenSize) rootThen ??= tree.root()
  }
  return {
    head,
    end,
    rows: hints.count,
    lineOf: (place) => place + first,
    ids,
    hints,
    sha256: sum.digest('base64'),
    root: tree.root(),
    rootThen,
    proven: proofs.reached,
    disordered: proofs.disordered,
    jumps: revisions.jumps,
  }
}

const checkHead = ({ roomLedgerExport, filtered, filter, size }: ExportHead, findings: Findings): void => {
  const tell = (kind: 'not-an-export' | 'contradiction', message: string): void => findings.add({ kind, line: 1, message })
  if (roomLedgerExport !== exportVersion)
    tell('not-an-export', `Line 1 says that this is an export of version ${roomLedgerExport}; this program reads version ${exportVersion}.`)
  if (filtered !== isFiltered(filter)) tell('contradiction', 'Line 1 was altered: whether it is filtered does not agree with its filter.')
  if (filtered && size === undefined) tell('contradiction', 'Line 1 does not say the size of the tree, without which no proof can be read.')
}
