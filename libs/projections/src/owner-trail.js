// @ts-check

// One entry per fact of a room, to ownerTrail-{roomId}: who became owner, by whose deed, and who had asked for it.
// Entries stand in the order of recording. Intervals, links and gaps need the order of happening: they are worked out
// on reading, over these entries.
//
// Stays within the JavaScript that EventStoreDB 22.10 knows; plain JSON state; no clock, no randomness.

// Requests that have not ended, oldest first. More than this at once in one room: the oldest is forgotten, and its
// fact shows neither who asked nor why.
const openRequestsKept = 64

/**
 * @typedef {{ id: string, requestedBy?: object, reason?: string }} OpenRequest
 * @typedef {{ open: OpenRequest[] }} TrailState
 * @typedef {{ [field: string]: unknown }} Entry
 */

// U+2028 and U+2029 may stand in JSON as they are, but the engine of EventStoreDB 22.10 takes them for the end of a line:
// whoever asks for `data` then faults the projection. Hence the way over the texts.
/** @type {(raw: string) => any} */
const parsed = (raw) => JSON.parse(raw.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029'))

/** @type {(event: ProjectionEvent) => ReadEvent} */
const read = (event) => ({
  sequenceNumber: event.sequenceNumber,
  eventId: event.eventId,
  eventType: event.eventType,
  data: parsed(event.bodyRaw),
  metadata: parsed(event.metadataRaw),
})

/** @type {ProjectionHandler<TrailState>} */
const remember = (state, event) => {
  const data = read(event).data
  if (data.operationId === undefined) return
  /** @type {OpenRequest} */
  const request = { id: data.operationId }
  if (data.requestedBy !== undefined) request.requestedBy = data.requestedBy
  if (data.reason !== undefined) request.reason = data.reason
  state.open.push(request)
  if (state.open.length > openRequestsKept) state.open.shift()
}

/** @type {(state: TrailState, operationId: string | undefined) => OpenRequest | undefined} */
const takeRequest = (state, operationId) => {
  const index = state.open.findIndex((request) => request.id === operationId)
  return index < 0 ? undefined : state.open.splice(index, 1)[0]
}

/** @type {ProjectionHandler<TrailState>} */
const forget = (state, event) => {
  takeRequest(state, read(event).data.operationId)
}

/** @type {(entry: Entry, name: string, value: unknown) => void} */
const put = (entry, name, value) => {
  if (value !== undefined) entry[name] = value
}

/** @type {ProjectionHandler<TrailState>} */
const record = (state, happened) => {
  const event = read(happened)
  const data = event.data
  const metadata = event.metadata
  const type = event.eventType

  /** @type {Entry} */
  const entry = { revision: event.sequenceNumber, eventId: event.eventId, type: type, occurredAt: metadata.occurredAt }
  entry.timeSource = metadata.timeSource
  put(entry, 'occurredAfter', metadata.occurredAfter)
  entry.recordedAt = metadata.recordedAt
  entry.source = metadata.source
  entry.actor = metadata.actor
  put(entry, 'operationId', metadata.operationId)
  put(entry, 'attribution', metadata.attribution)

  if (type === 'RoomCreated' || type === 'RoomObserved') put(entry, 'to', data.owner)
  if (type === 'RoomObserved') put(entry, 'exists', data.exists)
  if (type === 'RoomDestroyed') put(entry, 'cause', data.cause)
  if (type === 'OwnerChanged') {
    put(entry, 'from', data.from)
    put(entry, 'to', data.to)
  }

  const request = metadata.operationId === undefined ? undefined : takeRequest(state, metadata.operationId)
  if (request !== undefined) {
    put(entry, 'requestedBy', request.requestedBy)
    put(entry, 'reason', request.reason)
  }
  emit('ownerTrail-' + data.roomId, 'OwnerTrailEntry', entry)
}

fromCategory('room')
  .foreachStream()
  .when({
    /** @returns {TrailState} */
    $init: function () {
      return { open: [] }
    },
    RoomCreationRequested: remember,
    RoomUpdateRequested: remember,
    OwnerChangeRequested: remember,
    RoomDestructionRequested: remember,
    RequestRejected: forget,
    RoomCreated: record,
    RoomUpdated: record,
    OwnerChanged: record,
    RoomDestroyed: record,
    RoomMetadataSet: record,
    RoomMetadataDeleted: record,
    RoomAdminsChanged: record,
    RoomObserved: record,
  })
