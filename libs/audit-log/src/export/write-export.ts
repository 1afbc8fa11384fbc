import { createHash } from 'node:crypto'
import { leafOf, type Leaf } from '../leaf.js'
import { hashLeaf } from '../merkle/hash.js'
import { signNote, type Signer } from '../notes/note.js'
import { csvHeader, csvLine } from './csv.js'
import { isFiltered, type ExportFilter } from './filter.js'
import { addLine, endLine, exportVersion, hashHints, headLine, rowLine, sealBody } from './format.js'
import { createHints } from './hints.js'
import { selectLeaves, type ExportSource, type Selected } from './select-leaves.js'

export interface ExportRequest {
  readonly filter: ExportFilter
  /** The tree that the export is made at, and that its last line proves it against. */
  readonly checkpoint: { readonly size: number; readonly note: string; readonly origin: string }
  /** Seals the export; without, nobody vouches for the filter. */
  readonly signer?: Signer | undefined
  /** Id of an event in it: only what stands behind it is given, without the first line. */
  readonly after?: string | undefined
}

/** What the store gives is not what was put under the tree: altered since, or the index is not of this log. */
export class LedgerAltered extends Error {
  override readonly name = 'LedgerAltered'
}

/** The event to go on behind is none of the export. */
export class UnknownPlace extends Error {
  override readonly name = 'UnknownPlace'
}

/**
 * Writes an export as NDJSON, a line at a time, each with its line break. In memory it holds four bytes an event.
 * @throws LedgerAltered before the last line, so that what there is by then is known for a part
 * @throws UnknownPlace when `after` is none of its events
 */
export async function* writeNdjson(source: ExportSource, request: ExportRequest): AsyncGenerator<string> {
  const { filter, checkpoint, signer, after } = request
  const filtered = isFiltered(filter)
  const { size, origin } = checkpoint
  const head = headLine({ roomLedgerExport: exportVersion, filtered, filter, size, origin, ...(signer && { sealed: true }) })
  const sum = createHash('sha256')
  const hints = createHints()
  addLine(sum, head)
  let passed = after === undefined
  if (passed) yield `${head}\n`
  // What the caller has is written again all the same: the last line speaks of all of it.
  for await (const { selected, leaf, leafHash } of checkedLeaves(source, request)) {
    const { index, event } = selected
    const proof = filtered ? source.log.inclusion(index, size).map((node) => node.toString('base64')) : undefined
    const line = rowLine(proof ? { ...leaf, index, proof } : leaf)
    addLine(sum, line)
    hints.add(leafHash)
    if (passed) yield `${line}\n`
    else passed = event.id === after
  }
  if (!passed) throw new UnknownPlace('no event of this export has the id to go on behind')
  const claims = { origin, size, events: hints.count, sha256: sum.digest('base64'), leavesSha256: hashHints(hints.bytes()) }
  const seal = signer && signNote(sealBody(claims), signer)
  const end = { checkpoint: checkpoint.note, events: hints.count, leaves: hints.bytes().toString('base64'), ...(seal && { seal }) }
  yield `${endLine(end)}\n`
}

/**
 * Writes an export as CSV, a line at a time. It proves nothing: that is what NDJSON is for.
 * @param bom for programs that take a file without one for something else than UTF-8
 */
export async function* writeCsv(
  source: ExportSource,
  request: ExportRequest,
  { bom }: { readonly bom?: boolean | undefined } = {},
): AsyncGenerator<string> {
  yield csvHeader({ bom })
  for await (const { selected, leafHash } of checkedLeaves(source, request))
    yield csvLine({ ...selected, leafHash: leafHash.toString('base64') })
}

interface Checked {
  readonly selected: Selected
  readonly leaf: Leaf
  readonly leafHash: Buffer
}

async function* checkedLeaves(source: ExportSource, { filter, checkpoint }: ExportRequest): AsyncGenerator<Checked> {
  let next = 0
  for await (const selected of selectLeaves(source, checkpoint.size, filter)) {
    const leaf = leafOf(selected.event)
    const leafHash = hashLeaf(leaf.leaf)
    if (!leafHash.equals(source.log.leafHash(selected.index)))
      throw new LedgerAltered(`event ${selected.event.id} is not what was put under the tree at place ${selected.index}`)
    next = selected.index + 1
    yield { selected, leaf, leafHash }
  }
  if (!isFiltered(filter) && next !== checkpoint.size)
    throw new LedgerAltered(`the log has ${next} events where ${checkpoint.size} were put under the tree`)
}
