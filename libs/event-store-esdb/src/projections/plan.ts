import { versionOf } from './text.js'

/** One state of a projection as the server wrote it down (`$ProjectionUpdated` in `$projections-{name}`). */
export interface ProjectionRecord {
  readonly query: string
  /** Changes with each reset. -1 before the first one. */
  readonly epoch: number
  readonly enabled: boolean
  readonly emitEnabled: boolean
  readonly deleted: boolean
}

/** What is to be done next so that the server runs what is wanted. */
export type Step = 'create' | 'disable' | 'update' | 'reset' | 'enable' | 'leave'

export interface Wanted {
  readonly text: string
  readonly version: number
  readonly emits: boolean
}

/**
 * Decides by what the server itself wrote down, and by nothing that one of us remembers: whoever dies between two steps
 * leaves behind what tells the next one where to go on. A version counts as rebuilt once an epoch began with its text; a
 * newer version than ours is left alone, so an old release beside a new one does no harm.
 *
 * @param records oldest first
 */
export const planStep = (records: readonly ProjectionRecord[], { text, version, emits }: Wanted): Step => {
  const current = livingRecords(records)
  const last = current.at(-1)
  if (!last) return 'create'
  const deployed = versionOf(last.query)
  // The new text never runs on the state of the old one.
  if (deployed < version && last.enabled) return 'disable'
  if (deployed <= version && (last.query !== text || last.emitEnabled !== emits)) return 'update'
  if (needsReset(current, deployed)) return 'reset'
  return last.enabled ? 'leave' : 'enable'
}

/** What was written since it was last created. */
export const livingRecords = (records: readonly ProjectionRecord[]): readonly ProjectionRecord[] =>
  records.slice(records.findLastIndex(({ deleted }) => deleted) + 1)

/** The epoch that it is in was begun by another version. */
const needsReset = (records: readonly ProjectionRecord[], version: number): boolean => {
  const { epoch } = records.at(-1)!
  return versionOf(records.find((record) => record.epoch === epoch)!.query) !== version
}

/** How often it began from the beginning since it was created. */
export const countEpochs = (records: readonly ProjectionRecord[]): number => new Set(livingRecords(records).map(({ epoch }) => epoch)).size
