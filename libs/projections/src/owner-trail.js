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

// --- Reading and writing, the same in both projections ---

// EventStoreDB 22.10 faults where a text has U+2028 or U+2029, where a name has a control character and where one to be
// written has half a surrogate pair, and it reads NUL as "u0000". Whoever names a key of a room's metadata could thus stop
// the projections. So these characters are worked with, and kept in the state, as U+FFFF and the rest of their escape.
// Of half a pair nothing can be shown but U+FFFD. Relied on: all escapes are as JSON.stringify writes them.

/** @type {(raw: string) => any} */
const parsed = (raw) => {
  if (!/[\u2028\u2029\uffff]|\\[bfnrtu]/.test(raw)) return JSON.parse(raw)
  const escaped = raw
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
    .replace(/\uffff/g, '\\uffff')
  // With the escaped backslashes out of the way, each backslash that is left begins an escape.
  const marked = escaped.replace(/\\\\/g, '\uffffx').replace(/\\(?=[bfnrt]|u00[01]|ud[89a-f]|uffff)/g, '\uffff')
  return JSON.parse(marked.replace(/\uffffx/g, '\\\\'))
}

/** @type {(event: ProjectionEvent) => RoomEventMetadata} The body of the callback, long at times, is of no use here. */
const metadataOf = (event) => parsed(event.metadataRaw.replace(/"body":"(?:[^"\\]+|\\.)*"/, '"body":""'))

/** @type {{ [escape: string]: string }} */
const shortEscapes = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** @type {(text: string) => string} One kind of escape after the other: there are few, while a text may have very many. */
const plainText = (text) => {
  const escape = /\uffff(?!uffff)(u....|.)/
  let rest = text.replace(/\uffffud[89a-f]../g, '\ufffd')
  for (let found = escape.exec(rest); found !== null; found = escape.exec(rest)) {
    rest = rest.split(found[0]).join(shortEscapes[found[1]] ?? String.fromCharCode(parseInt(found[1].slice(1), 16)))
  }
  return rest.replace(/\uffffuffff/g, '\uffff')
}

/** @type {(value: any) => any} With the texts as they were. */
const plain = (value) => {
  if (typeof value === 'string') return value.indexOf('\uffff') < 0 ? value : plainText(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(plain)
  /** @type {{ [name: string]: unknown }} */
  const copy = {}
  for (const name of Object.keys(value)) copy[name] = plain(value[name])
  return copy
}

/** @type {(category: string, event: ProjectionEvent, type: string, entry: object) => void} To the stream of the room. */
const publish = (category, event, type, entry) => {
  const room = event.streamId.slice(event.streamId.indexOf('-'))
  emit(category + room, type, JSON.stringify(entry).indexOf('\uffff') < 0 ? entry : plain(entry))
}

// --- End of what is the same ---

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
