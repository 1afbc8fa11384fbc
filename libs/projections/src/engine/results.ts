import type { Emission } from './emitter.js'
import type { Query } from './query.js'
import { toJson } from './state-json.js'

/** An emission whose data is a link to the youngest event of a stream, known only when it is written. */
export interface ResultEmission extends Emission {
  readonly linkToLast?: string
  /** It has no cause that would be told in its metadata. */
  readonly causeless?: true
}

/** State to result: transforms in order, and only `true` passes a filter. `null` = no result. */
export const resultOf = (query: Query, state: unknown): string | null => {
  let result = state
  for (const { kind, call } of query.transforms) {
    if (result === null || result === undefined) return null
    if (kind === 'transform') result = call(result)
    else if (call(result) !== true) return null
  }
  return result === null || result === undefined ? null : toJson('result', result)
}

/** What a changed result adds to the result streams: EventStoreDB's names and types. */
export const resultEmissions = (name: string, partition: string, result: string | null): ResultEmission[] => {
  const all = `$projections-${name}-result`
  const stream = partition === '' ? all : `$projections-${name}-${partition}-result`
  const written: ResultEmission = { stream, type: result === null ? 'ResultRemoved' : 'Result', data: result ?? '""', metadata: {} }
  return partition === '' ? [written] : [written, { stream: all, type: '$>', data: '', metadata: {}, linkToLast: stream }]
}

/** Told once when a partition is first seen. */
export const partitionEmission = (name: string, partition: string): ResultEmission => ({
  stream: `$projections-${name}-partitions`,
  type: '$partition',
  data: JSON.stringify(partition),
  metadata: {},
  causeless: true,
})
