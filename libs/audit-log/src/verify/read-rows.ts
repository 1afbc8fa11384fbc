import { isFiltered, isWholeRoom } from '../export/filter.js'
import type { ExportHead, ExportRow } from '../export/format.js'
import { createHints, type Hints } from '../export/hints.js'
import { createGrowingTree } from '../merkle/growing-tree.js'
import { hashLeaf, hashSize } from '../merkle/hash.js'
import { flawOfContent, flawOfFilter } from './check-row.js'
import { createEventIds, type EventIds } from './event-ids.js'
import type { Findings } from './findings.js'
import { ofEvent } from './name-places.js'
import { createProofs } from './proofs.js'
import type { ReadLine } from './read-line.js'
import { createRevisions, type Jump } from './revisions.js'

/** What the lines between the first and the last have told. */
export interface ReadRows {
  readonly rows: number
  readonly ids: EventIds
  readonly hints: Hints
  /** Of what is not filtered: root of all, and of as many as the older checkpoint had. */
  readonly root: Buffer
  readonly rootThen: Buffer | undefined
  /** Of what is filtered: the roots that the proofs lead to (`''` = to none), with the places of those rows. */
  readonly proven: ReadonlyMap<string, readonly number[]>
  /** Of what is filtered: places whose index is not above the one before. */
  readonly disordered: readonly number[]
  readonly jumps: readonly Jump[]
}

export interface Rows {
  take(line: Exclude<ReadLine, { is: 'end' }>, number: number): void
  result(): ReadRows
}

/** Stands in for the leaf of a line that has none. */
const nothing = Buffer.alloc(hashSize, 0xff)

/** Takes the events of an export, one after another. @param thenSize how many the older checkpoint had */
export const createRows = (findings: Findings, head: ExportHead | undefined, thenSize?: number): Rows => {
  const tree = createGrowingTree(0, () => nothing)
  const [hints, ids, revisions, proofs] = [createHints(), createEventIds(), createRevisions(), createProofs()]
  const hasWholeStreams = !head || !isFiltered(head.filter) || isWholeRoom(head.filter)
  let rootThen = thenSize === 0 ? tree.root() : undefined

  /** It keeps its place, so that those of the others can be told. */
  const takeUnreadable = (): void => {
    hints.add(nothing)
    ids.add(undefined)
    proofs.skip()
    tree.append(nothing)
  }
  const takeRow = (row: ExportRow): void => {
    const leafHash = hashLeaf(row.leaf)
    hints.add(leafHash)
    ids.add(row.content.id)
    if (head?.filtered) proofs.note(row, leafHash, head.size ?? 0)
    else tree.append(leafHash)
  }
  return {
    take: (line, number) => {
      if (line.is === 'row') {
        const { row, canonical } = line
        const { id } = row.content
        const flaw = flawOfContent(row, canonical) ?? (head && flawOfFilter(row, head))
        if (flaw) findings.add({ kind: flaw.kind, line: number, eventId: id, message: `Line ${number}${ofEvent(id)} ${flaw.message}.` })
        takeRow(row)
        if (hasWholeStreams) revisions.note(number, row.content)
      } else {
        const why = line.is === 'head' ? 'is a first line in the middle' : `cannot be read as an event: it ${line.why}`
        findings.add({ kind: 'altered', line: number, message: `Line ${number} ${why}.` })
        takeUnreadable()
      }
      if (tree.size === thenSize) rootThen ??= tree.root()
    },
    result: () => ({
      rows: hints.count,
      ids,
      hints,
      root: tree.root(),
      rootThen,
      proven: proofs.reached,
      disordered: proofs.disordered,
      jumps: revisions.jumps,
    }),
  }
}
