// @ts-check

// One entry per fact of a room, to roomHistory-{roomId}: what it changed, before and after.
//
// Facts count in the order (occurredAt, cause rank, event id), not in the order they arrive. A late fact may therefore
// end, begin or move a life that is already known. Kept per room: the marks that bound lives (creates, destroys, looks at
// the vendor, the first fact), and per life the youngest value of each field with its time. When a mark is added, the
// lives are laid out anew and the values go where their time puts them. The past is not kept, hence the known limits:
// - a value that a younger one replaced is gone, also where a late mark shows that they belong to different lives;
// - facts older than the last livesKept lives are shown, but no longer counted;
// - of a life, the youngest fieldsKept fields are known, as far as they fit into charactersKept;
// - a fact of more than valuesTaken values shows and counts the first of them, and how many it leaves out (the vendor allows
//   far fewer; with all of them EventStoreDB would run out of the 250 ms that it gives to an event).
//
// Stays within the JavaScript that EventStoreDB 22.10 knows; plain JSON state; no clock, no randomness.

const valuesTaken = 128
// Characters: so many of the fields that are always kept (see prune) stay far below what a life may hold.
const bulkyFrom = 1024

/** @type {{ [type: string]: number }} Among facts of one millisecond; metadata and admins: 1. */
const ranks = { RoomCreated: 0, RoomUpdated: 2, OwnerChanged: 3, RoomObserved: 4, RoomDestroyed: 5 }

/** @type {(event: ReadEvent) => Value[]} The values a fact carries. */
const valuesOf = (event) => {
  const data = event.data
  /** @type {Value[]} */
  const values = []
  const owner = event.eventType === 'OwnerChanged' ? data.to : data.owner
  if (owner !== undefined) values.push(['owner', owner])
  const info = data.info ?? {}
  for (const name of Object.keys(info)) values.push([name, info[name]])
  const last = data.lastInfo ?? {}
  for (const name of Object.keys(last)) if (name !== 'owner' && name !== 'viewCount') values.push([name, last[name]])
  const entries = data.entries ?? {}
  for (const key of Object.keys(entries)) values.push(['metadata.' + key, entries[key]])
  for (const key of data.keys ?? []) values.push(['metadata.' + key, null])
  for (const account of data.admins ?? []) values.push(['admin.' + account, data.change === 'add'])
  return values
}

/** @type {(values: Value[]) => string[]} The accounts that are admins by these values, sorted. */
const adminsOf = (values) => {
  const admins = values.filter((value) => isAdmin(value[0]) && value[1] === true).map((value) => value[0].slice(6))
  admins.sort()
  return admins
}

/** @type {(fields: Fields) => string[]} */
const adminsIn = (fields) => adminsOf(Object.keys(fields).map((name) => [name, fields[name][0]]))

/** @type {(values: Value[]) => Change[]} What a fact would have changed; of admins, those it names as added. */
const withoutEffect = (values) => {
  const others = values.filter((value) => !isAdmin(value[0]))
  if (others.length < values.length) others.push(['admins', adminsOf(values)])
  return others.map((value) => ({ field: value[0], before: null, after: value[1], applied: false }))
}

/** @type {(fields: Fields, values: Value[], key: Key) => Change[]} Takes the values in and tells what really changed. */
const apply = (fields, values, key) => {
  /** @type {Change[]} */
  const changes = []
  /** @type {(field: string, before: RoomValue, after: RoomValue) => void} */
  const changed = (field, before, after) => {
    if (before !== after && JSON.stringify(before) !== JSON.stringify(after))
      changes.push({ field: field, before: before, after: after, applied: true })
  }
  const admins = values.filter((value) => isAdmin(value[0]))
  const adminsBefore = admins.length > 0 ? adminsIn(fields) : []
  const outdated = values.filter((value) => {
    const known = valueIn(fields, value[0])
    if (!keepYoungest(fields, value, key)) return true
    if (!isAdmin(value[0])) changed(value[0], known === undefined ? null : known[0], value[1])
    return false
  })
  if (admins.length > 0) changed('admins', adminsBefore, adminsIn(fields))
  // Where some of the named admins took effect, the one change of admins tells it.
  const allAdminsLate = outdated.filter((value) => isAdmin(value[0])).length === admins.length
  return changes.concat(withoutEffect(outdated.filter((value) => allAdminsLate || !isAdmin(value[0]))))
}

/** @type {(state: HistoryState, event: ReadEvent, values: Value[], key: Key, bulky: boolean) => { life: number, changes: Change[], late: boolean, afterDestroy: boolean }} */
const take = (state, event, values, key, bulky) => {
  if (key < state.floor) return { life: state.base, changes: withoutEffect(values), late: true, afterDestroy: false }
  const mark = markOf(event, key, state)
  if (mark !== undefined) addMark(state, mark)
  const placed = layOut(state.marks, state.base)
  if (mark !== undefined) rebuildLives(state, placed)
  const spot = locate(state, placed, key)
  const life = spot.life
  const late = life !== undefined && life.youngest > key
  sawFact(life, key)
  // A look that found no room ends nothing and changes nothing.
  if (event.eventType === 'RoomObserved' && mark === undefined) return { life: spot.n, changes: [], late: late, afterDestroy: false }
  const changes = life === undefined || spot.after ? withoutEffect(values) : apply(life.fields, values, key)
  if (life !== undefined && spot.after) for (const value of values) keepYoungest(life.after, value, key)
  if (life !== undefined) prune(spot.after ? life.after : life.fields, bulky)
  if (mark !== undefined && mark.loose) mark.values = values
  if (mark !== undefined) forgetOldest(state, placed)
  return { life: spot.n, changes: changes, late: late, afterDestroy: spot.after }
}

/** @type {ProjectionHandler<HistoryState>} */
const record = (state, happened) => {
  const metadata = metadataOf(happened)
  /** @type {ReadEvent} */
  const event = {
    sequenceNumber: happened.sequenceNumber,
    eventId: happened.eventId,
    eventType: happened.eventType,
    data: parsed(happened.bodyRaw),
    metadata: metadata,
  }
  const values = valuesOf(event)
  const taken = take(
    state,
    event,
    values.slice(0, valuesTaken),
    metadata.occurredAt + '|' + (ranks[event.eventType] ?? 1) + '|' + event.eventId,
    happened.bodyRaw.length > bulkyFrom,
  )
  /** @type {{ [field: string]: unknown }} */
  const entry = { revision: event.sequenceNumber, life: taken.life, eventId: event.eventId, type: event.eventType }
  for (const name of ['occurredAt', 'timeSource', 'recordedAt', 'source', 'actor', 'operationId']) {
    if (metadata[name] !== undefined) entry[name] = metadata[name]
  }
  entry.changes = taken.changes
  if (values.length > valuesTaken) entry.omitted = values.length - valuesTaken
  entry.late = taken.late
  entry.afterDestroy = taken.afterDestroy
  publish('roomHistory', happened, 'RoomHistoryEntry', entry)
}

fromCategory('room')
  .foreachStream()
  .when({
    /** @type {() => HistoryState} */
    $init: () => ({ base: 0, floor: '', marks: [], lives: [] }),
    RoomCreated: record,
    RoomUpdated: record,
    OwnerChanged: record,
    RoomDestroyed: record,
    RoomMetadataSet: record,
    RoomMetadataDeleted: record,
    RoomAdminsChanged: record,
    RoomObserved: record,
  })
