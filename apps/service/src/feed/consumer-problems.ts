import { mostConsumers, type Moved } from '#feed'
import { Problem } from '#platform'
import { unfound } from './located.js'

export const unknownConsumer = (name: string): Problem =>
  new Problem({ type: 'not-found', detail: `There is no consumer ${JSON.stringify(name)}.` })

/** Why a consumer was not registered. */
export const refusal = (verdict: 'exists' | 'too-many', name: string): Problem =>
  verdict === 'exists'
    ? new Problem({ type: 'consumer-exists', detail: `There is a consumer ${JSON.stringify(name)} with another from, or other types.` })
    : new Problem({ type: 'too-many-consumers', detail: `There are ${mostConsumers} consumers: no more are kept.` })

/** Why a consumer was not moved. */
export const notMoved = (problem: Extract<Moved, { ok: false }>['problem'], name: string): Problem => {
  switch (problem) {
    case 'unknown':
      return unknownConsumer(name)
    case 'backwards':
      return new Problem({ type: 'ack-backwards', detail: 'cursor lies before what the consumer has acknowledged.' })
    case 'beyond-delivery':
      return new Problem({ type: 'ack-beyond-delivery', detail: 'cursor lies beyond what the consumer was given.' })
    default:
      return unfound(problem, 'position')
  }
}
