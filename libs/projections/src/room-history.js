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

const livesKept = 4
const marksKept = 24
const fieldsKept = 128
const tombstonesKept = 64
const charactersKept = 65536
const valuesTaken = 128

/** @type {{ [type: string]: number }} Among facts of one millisecond; metadata and admins: 1. */
const ranks = { RoomCreated: 0, RoomUpdated: 2, OwnerChanged: 3, RoomObserved: 4, RoomDestroyed: 5 }

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

// --- Where lives begin and end ---

/** @type {(event: ReadEvent, key: Key, state: HistoryState) => Mark | undefined} What a fact says about it. */
const markOf = (event, key, state) => {
  const type = event.eventType
  if (type === 'RoomCreated') return { key: key, kind: 'created', loose: event.metadata.timeSource === 'createTime' }
  if (type === 'RoomDestroyed') return { key: key, kind: 'destroyed', cause: event.data.cause ?? null }
  if (type === 'RoomObserved') return event.data.exists ? { key: key, kind: 'observed' } : undefined
  const oldest = state.marks[0]
  return state.base === 0 && (oldest === undefined || key < oldest.key) ? { key: key, kind: 'first' } : undefined
}

/** @type {(state: HistoryState, mark: Mark) => void} Puts it in its place; the first fact stops being one when an older mark turns up. */
const addMark = (state, mark) => {
  if (state.marks.length > 0 && state.marks[0].kind === 'first' && mark.key < state.marks[0].key) state.marks.shift()
  let index = state.marks.length
  while (index > 0 && state.marks[index - 1].key > mark.key) index -= 1
  state.marks.splice(index, 0, mark)
}

/** @type {(marks: Mark[], index: number, create: Mark) => boolean} Behind index: a destroy in its second, and no other life begun before. */
const destroyWithinSecond = (marks, index, create) => {
  const next = marks.slice(index + 1).find((mark) => mark.kind === 'destroyed' || (mark.kind === 'created' && !mark.loose))
  return next !== undefined && next.kind === 'destroyed' && next.key.slice(0, 19) === create.key.slice(0, 19)
}

/**
 * @type {(marks: Mark[], base: number) => Placed[]} Marks in the order in which they count, and the life each belongs to.
 * A create known only to the second waits for a destroy in that second: the room id was used again at once.
 */
const layOut = (marks, base) => {
  /** @type {Placed[]} */
  const placed = []
  /** @type {Mark[]} */
  const waiting = []
  const standing = { n: base, open: false }
  /** @type {(mark: Mark, at: Key) => void} */
  const put = (mark, at) => {
    const open = standing.open
    const begins = mark.kind === 'created' || standing.n === 0 || (mark.kind === 'observed' && !open)
    if (begins) standing.n += 1
    standing.open = mark.kind !== 'destroyed' && (begins || open)
    placed.push({ mark: mark, at: at, n: standing.n, begins: begins, ownAfter: !begins && !open, after: !standing.open })
  }
  marks.forEach((mark, index) => {
    if (standing.open && mark.loose && destroyWithinSecond(marks, index, mark)) {
      waiting.push(mark)
      return
    }
    put(mark, mark.key)
    if (mark.kind !== 'destroyed') return
    while (waiting.length > 0 && !(standing.open && destroyWithinSecond(marks, index, waiting[0]))) {
      put(waiting[0], mark.key)
      waiting.shift()
    }
  })
  return placed
}

/** @type {(state: HistoryState, placed: Placed[], key: Key) => { n: number, after: boolean, life: Life | undefined }} Where a moment belongs. */
const locate = (state, placed, key) => {
  let n = state.base
  let after = true
  for (const p of placed) {
    const own = p.mark.key === key
    if (!own && p.at >= key) continue
    n = p.n
    after = own ? p.ownAfter : p.after
    if (own) break
  }
  return { n: n, after: after, life: state.lives[n - state.base - 1] }
}

// --- Values with their times ---

/** @type {(name: string) => boolean} */
const isAdmin = (name) => name.indexOf('admin.') === 0

/** @type {(name: string, value: RoomValue) => boolean} A metadata key that was deleted, an admin who was removed. */
const isTombstone = (name, value) => (isAdmin(name) ? value === false : name.indexOf('metadata.') === 0 && value === null)

/** @type {(fields: Fields, name: string) => [RoomValue, Key] | undefined} */
const valueIn = (fields, name) => (Object.prototype.hasOwnProperty.call(fields, name) ? fields[name] : undefined)

/** @type {(fields: Fields, value: Value, key: Key) => boolean} The youngest wins; `false`: a younger one is there. */
const keepYoungest = (fields, value, key) => {
  const known = valueIn(fields, value[0])
  if (known !== undefined && known[1] > key) return false
  fields[value[0]] = [value[1], key]
  return true
}

/** @type {(fields: Fields) => void} Lets go of what is beyond the bounds: metadata and admins before the rest, the oldest first. */
const prune = (fields) => {
  const names = Object.keys(fields)
  if (names.length <= tombstonesKept && JSON.stringify(fields).length <= charactersKept) return
  // Sorted as texts, without a function of ours: that takes EventStoreDB a twentieth of the time. No name has a line feed.
  const ranked = names.map((name) => (name.indexOf('.') < 0 ? '1' : '0') + fields[name][1] + '\n' + name)
  ranked.sort()
  ranked.reverse()
  const kept = { fields: 0, tombstones: 0, characters: 0 }
  for (const line of ranked) {
    const name = line.slice(line.indexOf('\n') + 1)
    const tombstones = kept.tombstones + (isTombstone(name, fields[name][0]) ? 1 : 0)
    const characters = kept.characters + name.length + JSON.stringify(fields[name]).length
    if (kept.fields === fieldsKept || tombstones > tombstonesKept || characters > charactersKept) {
      delete fields[name]
      continue
    }
    kept.fields += 1
    kept.tombstones = tombstones
    kept.characters = characters
  }
}

/** @type {(life: Life | undefined, key: Key) => void} */
const sawFact = (life, key) => {
  if (life !== undefined && key > life.youngest) life.youngest = key
}

/** @type {(placed: Placed[]) => Life[]} The lives that the marks bound, with no values but those that the marks keep. */
const livesOf = (placed) => {
  /** @type {Life[]} */
  const lives = []
  for (const p of placed) {
    const mark = p.mark
    let life = lives[lives.length - 1]
    if (p.begins) {
      if (life !== undefined && life.to === null) {
        life.to = mark.key
        life.cause = 'Superseded'
      }
      const startedBy = mark.kind === 'created' ? 'created' : 'observed'
      life = { n: p.n, from: mark.key, to: null, cause: null, startedBy: startedBy, fields: {}, after: {}, youngest: mark.key }
      lives.push(life)
      for (const value of mark.values ?? []) keepYoungest(life.fields, value, mark.key)
    }
    if (life === undefined) continue
    sawFact(life, mark.key)
    if (mark.kind !== 'destroyed') continue
    if (life.to === null) life.to = mark.key
    // Reconciliation found the room gone before the vendor told why: the telling only adds the why.
    if (life.cause === null) life.cause = mark.cause ?? null
  }
  return lives
}

/** @type {(state: HistoryState, placed: Placed[]) => void} Makes the lives anew and moves the known values to where they belong. */
const rebuildLives = (state, placed) => {
  const known = state.lives
  state.lives = livesOf(placed)
  for (const old of known) {
    for (const fields of [old.fields, old.after]) {
      for (const name of Object.keys(fields)) {
        const key = fields[name][1]
        const spot = locate(state, placed, key)
        if (spot.life === undefined) continue
        keepYoungest(spot.after ? spot.life.after : spot.life.fields, [name, fields[name][0]], key)
        sawFact(spot.life, key)
      }
    }
    sawFact(locate(state, placed, old.youngest).life, old.youngest)
  }
  for (const life of state.lives) for (const fields of [life.fields, life.after]) prune(fields)
}

/** @type {(state: HistoryState, placed: Placed[]) => void} Forgets the oldest lives, and the oldest marks that bound none. */
const forgetOldest = (state, placed) => {
  while (state.lives.length > livesKept) {
    state.base = state.lives[0].n
    state.floor = state.lives[0].to ?? ''
    state.lives.shift()
  }
  let kept = placed.filter((p) => p.n > state.base)
  while (kept.length > marksKept) {
    const idle = kept.find((p) => !p.begins && (p.mark.kind !== 'destroyed' || p.ownAfter))
    // A repeated destroy may have told the cause: the destroy that counts takes it over.
    for (const life of state.lives) for (const p of kept) if (p.mark.key === life.to && !p.begins) p.mark.cause = life.cause
    kept = kept.filter((p) => p !== idle)
  }
  state.marks = kept.map((p) => p.mark)
  state.marks.sort((a, b) => (a.key < b.key ? -1 : 1))
}

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

/** @type {(state: HistoryState, event: ReadEvent, values: Value[], key: Key) => { life: number, changes: Change[], late: boolean, afterDestroy: boolean }} */
const take = (state, event, values, key) => {
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
  if (life !== undefined) prune(spot.after ? life.after : life.fields)
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
