import type { RecordedEvent } from '#event-store'
import { MigrationRefused } from './refused.js'
import { kindOf } from './scope.js'

export interface Stock {
  readonly count: number
  /** Of the streams that occur. */
  readonly kinds: ReadonlySet<string>
}

/**
 * Counts the source, and looks whether the target's engine can keep each event as it is, before anything is written.
 *
 * @throws MigrationRefused
 */
export const takeStock = async (source: AsyncIterable<RecordedEvent>, engine: string, passed: () => void): Promise<Stock> => {
  const kinds = new Set<string>()
  let count = 0
  for await (const event of source) {
    const obstacle = engine === 'eventstoredb' ? obstacleOnEventStoreDb(event) : undefined
    if (obstacle) throw new MigrationRefused(`Nothing was written: ${obstacle}.`)
    kinds.add(kindOf(event.stream))
    count += 1
    passed()
  }
  return { count, kinds }
}

const obstacleOnEventStoreDb = ({ stream, revision, id, type }: RecordedEvent): string | undefined => {
  const which = `revision ${revision} of stream ${stream}`
  if (stream.startsWith('$') || type.startsWith('$')) return `EventStoreDB keeps names that begin with $ to itself (${which}, type ${type})`
  // It keeps 16 bytes, and gives them back in this very form.
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(id))
    return `EventStoreDB takes only lower-case UUIDs as event ids (${which}: ${id})`
  return undefined
}
