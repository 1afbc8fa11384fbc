import { isWholeRoom, type ExportFilter } from '../export/filter.js'
import type { Checkpoint } from '../notes/checkpoint.js'
import { createFindings, type Finding, type Findings } from './findings.js'
import { judgeEvents } from './judge-events.js'
import type { Line } from './lines-of.js'
import { openTrusted } from './open-checkpoint.js'
import { readExport, type ReadExport } from './read-export.js'
import type { Trust } from './trust.js'

export interface VerifyOptions {
  readonly trust: Trust
  /** An older checkpoint (signed note), of which the export must be the continuation. */
  readonly old?: string | undefined
}

/** What came of it. Nothing but `ok` tells whether the export is what the ledger wrote. */
export interface Verdict {
  readonly ok: boolean
  /** What is wrong, by line; a hundred at the most. */
  readonly findings: readonly Finding[]
  /** How many there are. */
  readonly count: number
  readonly events: number
  readonly filter: ExportFilter
  readonly filtered: boolean
  /** What it was proved against. */
  readonly checkpoint: Checkpoint | undefined
  /** What a good verdict does, and what it does not show. */
  readonly notes: readonly string[]
}

/**
 * Verifies an export line by line, in memory that grows by some twenty bytes an event. The verdict rests on the signed root
 * and on SHA-256 alone; the list of leaves in the last line only helps to name the place.
 */
export const verifyExport = async (lines: AsyncIterable<Line>, { trust, old }: VerifyOptions): Promise<Verdict> => {
  const findings = createFindings()
  const then = old === undefined ? undefined : openTrusted(old, trust, 'The older checkpoint')
  if (then && !then.ok) findings.add(then.finding)
  const read = await readExport(lines, findings, then?.ok ? then.checkpoint.size : undefined)
  const checkpoint = read.end && judgeEnd(findings, read, read.end.checkpoint, trust)
  if (!read.end)
    findings.add({
      kind: 'truncated',
      message: `The last line is missing: the file was cut off${read.rows > 0 ? ` behind line ${read.lineOf(read.rows - 1)}` : ''}, or that line was altered.`,
    })
  if (checkpoint) judgeEvents(findings, read, checkpoint, trust)
  if (checkpoint && then?.ok) judgeOld(findings, read, checkpoint, then.checkpoint)
  return {
    ok: findings.count === 0,
    findings: findings.list(),
    count: findings.count,
    events: read.rows,
    filter: read.head?.filter ?? {},
    filtered: read.head?.filtered ?? false,
    checkpoint,
    notes: notesOn(read, then?.ok ? then.checkpoint : undefined),
  }
}

/** What the last line says: by whom, of which ledger, and how many. */
const judgeEnd = (findings: Findings, { head, end, rows, lineOf }: ReadExport, note: string, trust: Trust): Checkpoint | undefined => {
  const line = lineOf(rows)
  const opened = openTrusted(note, trust, `The checkpoint in line ${line}`)
  if (!opened.ok) findings.add({ ...opened.finding, line })
  const checkpoint = opened.ok ? opened.checkpoint : opened.claimed
  const contradicts = (message: string): void => findings.add({ kind: 'contradiction', line, message: `Line ${line} ${message}.` })
  if (end!.events !== rows) contradicts(`says that there are ${end!.events} events, but there are ${rows}`)
  if (head?.sealed && end!.seal === undefined) contradicts('has lost its seal')
  if (!checkpoint || !head) return checkpoint
  const { size, origin } = checkpoint
  if (!head.filtered && rows !== size) contradicts(`has a checkpoint of ${size} events, but there are ${rows}`)
  const inHead = (what: string): void =>
    findings.add({
      kind: 'contradiction',
      line: 1,
      message: `Line 1 says another ${what} than the checkpoint in line ${line}: one of them was altered.`,
    })
  if (head.size !== undefined && head.size !== size) inHead('size')
  if (head.origin !== undefined && head.origin !== origin) inHead('origin')
  return checkpoint
}

const judgeOld = (findings: Findings, { head, rootThen }: ReadExport, now: Checkpoint, then: Checkpoint): void => {
  const tell = (kind: 'inconsistent' | 'origin', message: string): void => findings.add({ kind, message })
  if (now.origin !== then.origin) return tell('origin', `The older checkpoint is of another ledger: ${then.origin}.`)
  if (now.size < then.size)
    return tell(
      'inconsistent',
      `The older checkpoint has ${then.size} events, this export was made at ${now.size}: the ledger has lost some.`,
    )
  if (now.size === then.size && !now.root.equals(then.root))
    return tell(
      'inconsistent',
      `The older checkpoint has as many events as this one, ${then.size}, but another root: the ledger was rewritten.`,
    )
  if (!head?.filtered && !rootThen?.equals(then.root))
    tell('inconsistent', `The first ${then.size} events are not those of the older checkpoint.`)
}

const notesOn = ({ head, end, rows }: ReadExport, then: Checkpoint | undefined): string[] => {
  if (!head?.filtered) return then ? [`It continues the older checkpoint of ${then.size} events.`] : []
  const whole = isWholeRoom(head.filter)
  return [
    'It is filtered: each of its events is proved to be in the ledger, but not that no other event fits the filter.',
    ...(whole ? [`The revisions of the room run from 0 to ${rows - 1} without a hole; that none came after them is not proved.`] : []),
    end?.seal === undefined
      ? 'It is not sealed: nobody vouches for its filter, nor that it is still all that was exported.'
      : 'It is sealed: the ledger vouches that these are all the events that it found by this filter.',
    ...(then ? ['A filtered export cannot show that the ledger continues the older checkpoint: ask for a proof of consistency.'] : []),
  ]
}
