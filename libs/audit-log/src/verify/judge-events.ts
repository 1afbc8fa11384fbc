import { fromBase64 } from '../base64.js'
import { hashHints, hintSize } from '../export/format.js'
import { hintNumbers } from '../export/hints.js'
import type { Checkpoint } from '../notes/checkpoint.js'
import { checkSeal } from './check-seal.js'
import type { Findings } from './findings.js'
import { judgeProofs } from './judge-proofs.js'
import { namePlaces, ofEvent } from './name-places.js'
import type { ReadExport } from './read-export.js'
import { describeJump } from './revisions.js'
import type { Trust } from './trust.js'

/** Holds the events against the checkpoint, and names the places where they are others. */
export const judgeEvents = (findings: Findings, read: ReadExport, checkpoint: Checkpoint, trust: Trust): void => {
  const { head, end, rows, lineOf, hints, sha256, ids } = read
  const lastLine = lineOf(rows)
  const proved = head?.filtered ? judgeProofs(findings, read, checkpoint) : read.root.equals(checkpoint.root)
  if (!proved && !head?.filtered) findings.add({ kind: 'root', message: 'The events do not lead to the root that the checkpoint has.' })

  const given = fromBase64(end!.leaves ?? '') ?? Buffer.alloc(0)
  const claims = { origin: checkpoint.origin, size: checkpoint.size, events: rows, sha256 }
  const seal =
    end!.seal === undefined
      ? undefined
      : checkSeal(end!.seal, trust(checkpoint.origin), { ...claims, leavesSha256: hashHints(hints.bytes()) }, given)
  if (seal?.problem) findings.add({ kind: 'key', line: lastLine, message: `The seal in line ${lastLine} ${seal.problem}.` })

  const same = given.equals(hints.bytes())
  const malformed = end!.leaves !== undefined && (given.length % hintSize !== 0 || given.toString('base64') !== end!.leaves)
  // With a root that all events lead to, it is the list that was altered.
  const unlike = end!.leaves !== undefined && !head?.filtered && proved && !same
  const listAltered = malformed || unlike || (seal && !seal.problem && !seal.leavesWhole)
  if (listAltered)
    findings.add({
      kind: 'altered',
      line: lastLine,
      message: `Line ${lastLine} was altered: its list of leaves is not what the ledger wrote.`,
    })
  const usable = given.length > 0 && !listAltered
  const missing = usable && !same && namePlaces(findings, hintNumbers(given), hintNumbers(hints.bytes()), { lineOf, eventIdOf: ids.at })
  if (usable && !same && rows === 0) findings.add({ kind: 'removed', message: 'All events were removed.' })
  // The list of leaves tells places; revisions tell what is missing, or that the ledger itself lacks something.
  if (missing || !usable || same) tellOfRows(findings, read)
  if (seal && !seal.whole && findings.count === 0)
    findings.add({ kind: 'altered', message: 'Something before the last line is not as it was sealed, such as the filter in line 1.' })
}

/** What the rows tell by themselves. */
const tellOfRows = (findings: Findings, { jumps, disordered, lineOf, ids }: ReadExport): void => {
  for (const jump of jumps)
    findings.add({
      kind: 'revision',
      line: jump.line,
      eventId: jump.eventId,
      message: `Line ${jump.line}${ofEvent(jump.eventId)} ${describeJump(jump)}.`,
    })
  for (const place of disordered) {
    const [line, eventId] = [lineOf(place), ids.at(place)]
    const message = `Line ${line}${ofEvent(eventId)} was moved: its place in the ledger is not behind that of the line before.`
    if (!findings.hasLine(line)) findings.add({ kind: 'moved', line, ...(eventId !== undefined && { eventId }), message })
  }
}
