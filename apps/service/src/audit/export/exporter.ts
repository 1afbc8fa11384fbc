import { UnknownPlace, writeCsv, writeNdjson, type Auditor, type AuditLog, type CheckpointStream, type ExportFilter } from '#audit-log'
import type { EventStore } from '#event-store'
import { Problem } from '#platform'
import { roomStream } from '../../ledger/present.js'
import { unknownRoom } from '../../queries/not-found.js'
import { orRefused } from '../audit-problems.js'
import type { Signing } from '../open-signing.js'
import { invalid } from './export-query.js'

export interface ExporterParts {
  readonly store: EventStore
  readonly auditLog: AuditLog
  readonly auditor: Auditor
  readonly checkpoints: CheckpointStream
  readonly signing: Signing
  readonly origin: string
}
export interface Wanted {
  readonly filter: ExportFilter
  readonly format: 'ndjson' | 'csv'
  readonly bom?: boolean | undefined
  readonly size?: number | undefined
  readonly after?: string | undefined
}
export interface BegunExport {
  /** Of the checkpoint that it is made at. */
  readonly size: number
  readonly lines: AsyncGenerator<string>
}

/** Milliseconds for the tree to have what is in the log. */
const patienceMs = 10_000

/** Makes exports. What can be refused is refused before the first line is given. */
export const createExporter = (parts: ExporterParts) => {
  const { store, auditLog, auditor, checkpoints, signing, origin } = parts

  const checkpointOf = async (size: number | undefined) => {
    if (size === undefined) return orRefused(() => auditor.checkpointNow())
    const found = await checkpoints.ofSize(size)
    if (!found) throw invalid('size', 'is not that of a checkpoint: GET /v1/audit/checkpoints lists them')
    // After a restart the tree may still be read in.
    if (auditLog.status().size < size && !(await auditLog.catchUp(patienceMs)))
      throw new Problem({ type: 'not-caught-up', detail: 'The tree has not read the whole log yet; try again.', retryAfter: 5 })
    if (auditLog.status().size < size || !auditLog.root(size).equals(found.root))
      throw new Problem({ type: 'ledger-inconsistent', detail: `The log is not what the checkpoint of ${size} events was signed for.` })
    return found
  }

  return async ({ filter, format, bom, size: asked, after }: Wanted): Promise<BegunExport> => {
    if (filter.roomId !== undefined && !(await hasEvents(store, roomStream(filter.roomId)))) throw unknownRoom(filter.roomId)
    const { size, note } = await checkpointOf(asked)
    if (after !== undefined && (auditLog.indexOf(after) ?? size) >= size) throw notInExport()
    const request = { filter, checkpoint: { size, note, origin }, signer: { name: origin, privateKey: signing.privateKey }, after }
    const source = { store, log: auditLog }
    const lines = format === 'csv' ? writeCsv(source, request, { bom }) : writeNdjson(source, request)
    return { size, lines: await begun(lines) }
  }
}
export type Exporter = ReturnType<typeof createExporter>

const hasEvents = async (store: EventStore, stream: string): Promise<boolean> =>
  (await Array.fromAsync(store.readStream(stream, { limit: 1 }))).length > 0

/** The first line is waited for: a store that is away, or a place that is none, is still an answer of its own then. */
const begun = async (lines: AsyncGenerator<string>): Promise<AsyncGenerator<string>> => {
  const first = await lines.next().catch((error: unknown) => {
    throw error instanceof UnknownPlace ? notInExport() : error
  })
  return (async function* () {
    if (first.done) return
    yield first.value
    yield* lines
  })()
}

const notInExport = (): Problem => invalid('after', 'is the id of no event of this export')
