import { isFact, type RoomEvent } from '#room'
import type { NewOperator } from './anomaly.js'
import type { RoomRecord } from './room-record.js'

/**
 * Those who acted in the room for the first time, in the order in which it happened: accounts, credentials of the vendor's REST
 * API, and those of this service. The very first is none. A fact that answers a request of ours is the deed of whoever asked.
 */
export const findNewOperators = ({ roomId, happened, placed }: RoomRecord): NewOperator[] => {
  const lives = new Map(placed.map(({ fact, life }) => [fact.id, life]))
  const asked = new Set(happened.flatMap((event) => (isRequest(event) ? [event.data.operationId] : [])))
  const acted = new Set<string>()
  const named = new Set<string>()
  const found: NewOperator[] = []
  for (const event of happened) {
    const { id, type, metadata } = event
    const { actor, operationId, occurredAt, recordedAt } = metadata
    const acts = isFact(event) ? operationId === undefined || !asked.has(operationId) : isRequest(event)
    if (acts && actor.kind !== 'system') {
      const who = JSON.stringify([actor.kind, actor.id])
      if (acted.size > 0 && !acted.has(who)) {
        const life = lives.get(id)
        const onBehalfOf = isRequest(event) ? event.data.requestedBy.onBehalfOf : undefined
        found.push({
          kind: 'new-operator',
          roomId,
          ...(life !== undefined && { life }),
          occurredAt,
          recordedAt,
          type,
          actor,
          ...(onBehalfOf !== undefined && { onBehalfOf }),
          namedBefore: actor.kind === 'account' && named.has(actor.id),
          eventIds: [id],
        })
      }
      acted.add(who)
    }
    for (const account of namedIn(event)) named.add(account)
  }
  return found
}

type RequestEvent = Extract<RoomEvent, { readonly data: { readonly requestedBy: unknown } }>
const isRequest = (event: RoomEvent): event is RequestEvent => 'requestedBy' in event.data

const namedIn = (event: RoomEvent): readonly string[] => {
  switch (event.type) {
    case 'RoomCreated':
    case 'RoomObserved':
      return event.data.owner === undefined ? [] : [event.data.owner]
    case 'OwnerChanged':
      return event.data.from === undefined ? [event.data.to] : [event.data.from, event.data.to]
    case 'RoomAdminsChanged':
      return event.data.admins
    default:
      return []
  }
}
