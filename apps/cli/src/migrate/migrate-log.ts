import type { EventStore } from '#event-store'
import { compareLogs, describeDifference } from './compare-logs.js'
import { copyLog } from './copy-log.js'
import { digestLog, type LogDigest } from './digest-log.js'
import type { BeginStep, Step } from './progress.js'
import { MigrationRefused } from './refused.js'
import { isOwn, only, scopeOf } from './scope.js'
import { takeStock } from './take-stock.js'

export interface Migrated {
  /** What an earlier run had left in the target. */
  readonly found: number
  readonly copied: number
  readonly source: LogDigest
  readonly target: LogDigest
  /** The first difference, where the two are not the same. */
  readonly difference: string | undefined
}

/**
 * Brings the whole log of the source into the target: every stream, ids, data, metadata and the order of the log. It may
 * be interrupted at any moment; called again it goes on where the target ends. The target may hold other streams.
 *
 * @throws MigrationRefused when the target holds anything in the ledger's streams that is not the beginning of the source
 * @throws StoreUnavailable a store went away; call it again
 */
export const migrateLog = async (source: EventStore, target: EventStore, begin: BeginStep): Promise<Migrated> => {
  const stock = await inStep(begin('Counting'), (step) => takeStock(only(source.readAll(), isOwn), target.engine, () => step.advance()))
  const scope = scopeOf(stock.kinds)
  const sourceLog = (after = -1n) => only(source.readAll({ after }), isOwn)
  const targetLog = () => only(target.readAll({ prefixes: scope.prefixes }), scope.holds)

  const { common, position, difference } = await inStep(begin('Comparing the target'), (step) =>
    compareLogs(sourceLog(), targetLog(), () => step.advance()),
  )
  if (difference?.target)
    throw new MigrationRefused(
      `The target holds events of the ledger that are not the source's, and was left as it is. ${describeDifference(common, difference)}`,
    )
  if (difference)
    await inStep(begin('Copying', stock.count - common), (step) => copyLog(sourceLog(position), target, (count) => step.advance(count)))

  const [inSource, inTarget] = await inStep(begin('Verifying', stock.count * 2), (step) =>
    Promise.all([digestLog(sourceLog(), () => step.advance()), digestLog(targetLog(), () => step.advance())]),
  )
  const same = inSource.count === inTarget.count && inSource.sha256 === inTarget.sha256
  return {
    found: common,
    copied: stock.count - common,
    source: inSource,
    target: inTarget,
    difference: same ? undefined : await firstDifference(sourceLog(), targetLog()),
  }
}

const firstDifference = async (...[source, target]: Parameters<typeof compareLogs>): Promise<string> => {
  const { common, difference } = await compareLogs(source, target)
  return difference ? describeDifference(common, difference) : 'A second look found them the same: one was still being written to.'
}

/** The step is ended however the work ends. */
const inStep = async <T>(step: Step, work: (step: Step) => Promise<T>): Promise<T> => {
  try {
    return await work(step)
  } finally {
    step.end()
  }
}
