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

/** @type {ProjectionHandler<TrailState>} */
const remember = (state, event) => {
  const data = parsed(event.bodyRaw)
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
  takeRequest(state, parsed(event.bodyRaw).operationId)
}

/** @type {(entry: Entry, name: string, value: unknown) => void} */
const put = (entry, name, value) => {
  if (value !== undefined) entry[name] = value
}

/** @type {ProjectionHandler<TrailState>} */
const record = (state, event) => {
  const metadata = metadataOf(event)
  const type = event.eventType
  // The others may have very many values, which take long to read.
  const tellsOwner = ['RoomCreated', 'OwnerChanged', 'RoomObserved', 'RoomDestroyed'].indexOf(type) >= 0
  const data = tellsOwner ? parsed(event.bodyRaw) : {}

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
  publish('ownerTrail', event, 'OwnerTrailEntry', entry)
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
