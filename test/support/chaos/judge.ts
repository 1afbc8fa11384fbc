import type { RecordedEvent } from '#event-store'
import { vendorApi } from '../steps.js'
import type { Asked } from './clients.js'
import type { Exchange } from './relay.js'

export interface Evidence {
  /** Of the run's rooms, in the order of the log. */
  readonly log: readonly RecordedEvent[]
  readonly asked: readonly Asked[]
  readonly callbacks: readonly Exchange[]
  readonly vendorCalls: readonly Exchange[]
}

/** Something that must stand in a room's stream, with the time in which it was asked for and promised. */
interface Promised {
  readonly what: string
  readonly stream: string
  readonly position: bigint
  readonly sentAt: number
  readonly answeredAt: number
}

/**
 * Holds the log against what clients and vendor were told. @returns what is wrong, in words; nothing when each
 * acknowledged callback and each operation stands there exactly once and in order, and was sent to the vendor at most once.
 */
export const judge = (evidence: Evidence): string[] => {
  const promised: Promised[] = []
  return [
    ...wholeness(evidence.log),
    ...callbackFaults(evidence, promised),
    ...operationFaults(evidence, promised),
    ...disorder(promised),
    ...doubledCalls(evidence),
    ...lies(evidence),
  ]
}

const groupBy = <T>(items: readonly T[], key: (item: T) => string | undefined): Map<string, T[]> => {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = key(item)
    if (name === undefined) continue
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return groups
}

const wholeness = (log: readonly RecordedEvent[]): string[] => {
  const doubled = [...groupBy(log, ({ id }) => id)].filter(([, same]) => same.length > 1)
  const broken = [...groupBy(log, ({ stream }) => stream)].filter(([, events]) => events.some(({ revision }, index) => revision !== index))
  return [
    ...doubled.map(([id, same]) => `event ${id} (${same[0]!.type}) stands ${same.length} times in the log`),
    ...broken.map(([stream]) => `the revisions of ${stream} do not run from 0 without a hole`),
  ]
}

const callbackFaults = ({ log, callbacks }: Evidence, promised: Promised[]): string[] => {
  const facts = groupBy(log, ({ metadata }) => (metadata['callback'] as { body?: string } | undefined)?.body)
  const faults: string[] = []
  for (const [body, exchanges] of groupBy(callbacks, ({ body }) => body)) {
    const stored = facts.get(body) ?? []
    const acknowledged = exchanges.filter(({ status }) => status === 200)
    if (stored.length > 1) faults.push(`a callback stands ${stored.length} times in the log: ${body}`)
    if (acknowledged.length > 0 && stored.length === 0) faults.push(`an acknowledged callback is not in the log: ${body}`)
    const strange = exchanges.find(({ status }) => status !== undefined && status !== 200 && status !== 503)
    if (strange) faults.push(`a callback was answered with ${strange.status}: ${body}`)
    if (stored.length !== 1 || acknowledged.length === 0) continue
    const { stream, position } = stored[0]!
    const [sentAt, answeredAt] = [Math.min(...exchanges.map((one) => one.sentAt)), Math.min(...acknowledged.map((one) => one.answeredAt!))]
    promised.push({ what: `callback ${body}`, stream, position, sentAt, answeredAt })
  }
  return faults
}

/** Sent once, without a key, and the line was cut: whether it was taken its client cannot know. */
const isLost = ({ key, operationId, statuses }: Asked): boolean => key === null && operationId === undefined && statuses.at(-1) === 0

const kindOf = (type: string): string | undefined =>
  ({
    RoomCreationRequested: 'create-room',
    RoomUpdateRequested: 'update-room',
    OwnerChangeRequested: 'change-owner',
    RoomDestructionRequested: 'destroy-room',
  })[type]

const outcomes = new Set(['RequestAccepted', 'RequestRejected', 'RequestUnresolved'])

const operationFaults = ({ log, asked }: Evidence, promised: Promised[]): string[] => {
  const faults: string[] = []
  const ofOperation = groupBy(
    log.filter(({ type }) => type.endsWith('Requested') || outcomes.has(type)),
    ({ data }) => String(data['operationId']),
  )
  const known = groupBy(asked, ({ operationId }) => operationId)
  for (const one of asked) {
    const told = `${one.kind} of ${one.roomId} (answers ${one.statuses.join(', ')})`
    if (one.operationId === undefined && !isLost(one)) faults.push(`${told} has no operation`)
    const strange = one.statuses.find((status) => status >= 500 && status !== 503)
    if (strange) faults.push(`${told}: ${strange} is no answer to expect`)
  }
  for (const [operationId, same] of known) if (same.length > 1) faults.push(`operation ${operationId} belongs to ${same.length} keys`)
  const lost = groupBy(asked.filter(isLost), ({ kind, roomId }) => `${kind} ${roomId}`)
  for (const [operationId, events] of ofOperation) {
    if (known.has(operationId)) continue
    const [request] = events
    if (!lost.get(`${kindOf(request!.type)} ${String(request!.data['roomId'])}`)?.pop())
      faults.push(`nobody was told of operation ${operationId}, which is in the log`)
  }
  for (const [operationId, [one]] of known) {
    const events = ofOperation.get(operationId) ?? []
    const types = events.map(({ type }) => type)
    const requests = events.filter(({ type }) => type.endsWith('Requested'))
    const name = `operation ${operationId} (${one!.kind} of ${one!.roomId})`
    if (requests.length !== 1) faults.push(`${name} has ${requests.length} requests in the log`)
    if (new Set(types).size !== types.length) faults.push(`${name} has an outcome twice: ${types.join(', ')}`)
    if (types.includes('RequestAccepted') && types.includes('RequestRejected')) faults.push(`${name} was accepted and rejected`)
    if (requests.length !== 1 || one!.answeredAt === undefined) continue
    const { stream, position } = requests[0]!
    promised.push({ what: name, stream, position, sentAt: one!.sentAt, answeredAt: one!.answeredAt })
  }
  return faults
}

/** What was promised before something else was even sent stands before it. */
const disorder = (promised: readonly Promised[]): string[] => {
  const faults: string[] = []
  for (const [stream, all] of groupBy(promised, ({ stream }) => stream)) {
    let latest: Promised | undefined
    for (const one of all.toSorted((a, b) => (a.position < b.position ? 1 : -1))) {
      // From the end of the stream on: nothing that stands behind may have been promised before this one was sent.
      if (latest && latest.answeredAt < one.sentAt) faults.push(`in ${stream}, ${one.what} stands before ${latest.what}`)
      if (!latest || one.answeredAt < latest.answeredAt) latest = one
    }
  }
  return faults
}

/**
 * Clients never ask for the same thing twice, but to destroy a room that was opened again: so the same call means the same
 * operation. Looks may be repeated.
 */
const doubledCalls = ({ vendorCalls, asked }: Evidence): string[] => {
  const destroys = groupBy(asked, ({ kind, roomId }) => (kind === 'destroy-room' ? roomId : undefined))
  return [...groupBy(vendorCalls, ({ path, body }) => `${apiOf(path)} ${body}`)].flatMap(([call, same]) => {
    const allowed = call.startsWith('destroy_room') ? (destroys.get(roomOf(same[0]!.body)!)?.length ?? 0) : 1
    return same.length > allowed && !call.startsWith('get_') ? [`the vendor was called ${same.length} times: ${call}`] : []
  })
}

const roomOf = (body: string): string | undefined => /"RoomId":"([^"]+)"/.exec(body)?.[1]

/** 503 says that nothing was done: a client without a key would ask for the same once more. */
const lies = ({ asked, vendorCalls }: Evidence): string[] =>
  asked.flatMap(({ kind, roomId, body, statuses, firstAnsweredAt = 0 }) => {
    if (statuses[0] !== 503) return []
    const marks = [roomId, ...Object.values(body)].map((mark) => JSON.stringify(mark))
    const called = vendorCalls.some(
      (call) => apiOf(call.path) === vendorApi[kind] && call.sentAt < firstAnsweredAt && marks.every((mark) => call.body.includes(mark)),
    )
    return called ? [`${kind} of ${roomId} was answered with 503 after the vendor had been called`] : []
  })

const apiOf = (path: string): string => /\/(\w+)\?/.exec(path)?.[1] ?? path
