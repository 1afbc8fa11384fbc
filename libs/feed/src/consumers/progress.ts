import type { EventToAppend, RecordedEvent } from '#event-store'
import type { Place } from '../cursor.js'
import { event, type Registration, type Stamp } from './registry.js'

/** Its last event tells everything: nothing before it is ever read. */
export const progressStream = (name: string): string => `feedConsumer-${name}`

/** How far a consumer is. `acked` never is behind where it was, nor beyond `delivered`. */
export interface Progress<Where = string> {
  /** All up to here is done with. */
  readonly acked: Where
  /** All up to here was given out, at least once. */
  readonly delivered: Where
}

/** @param last the last event of its stream, which may be one of a former consumer of that name */
export const progressOf = ({ id, cursor }: Registration, last: RecordedEvent | undefined): Progress =>
  last?.data['registration'] === id
    ? { acked: String(last.data['acked']), delivered: String(last.data['delivered']) }
    : { acked: cursor, delivered: cursor }

/** What an acknowledgement, or a delivery, comes to. `next` is left out where nothing changes. */
export interface Step {
  readonly verdict: 'done' | 'backwards' | 'beyond-delivery'
  readonly next?: Progress<Place>
}

/** Notes that everything up to a place is being given out. */
export const deliver = ({ acked, delivered }: Progress<Place>, place: Place): Step =>
  place.position > delivered.position ? { verdict: 'done', next: { acked, delivered: place } } : { verdict: 'done' }

/** Notes that everything up to a place is done with; said again it changes nothing. */
export const acknowledge = ({ acked, delivered }: Progress<Place>, place: Place): Step => {
  if (place.position < acked.position) return { verdict: 'backwards' }
  if (place.position > delivered.position) return { verdict: 'beyond-delivery' }
  return place.position === acked.position ? { verdict: 'done' } : { verdict: 'done', next: { acked: place, delivered } }
}

export const progressed = (
  type: 'ConsumerDelivered' | 'ConsumerAcknowledged',
  { id }: Registration,
  { acked, delivered }: Progress<Place>,
  stamp: Stamp,
): EventToAppend => event(type, { registration: id, acked: acked.cursor, delivered: delivered.cursor }, stamp)
