// @ts-check

// Part of room-history, see definitions.ts: which lives a room had, and the values that are kept of each.

const livesKept = 4
const marksKept = 24
const fieldsKept = 128
const tombstonesKept = 64
const charactersKept = 65536

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

/**
 * @type {(fields: Fields, bulky: boolean) => void} Lets go of what is beyond the bounds: metadata and admins before the rest, the oldest first.
 * Writing all fields down is what costs EventStoreDB most of an event's time, and few short values are never too many.
 */
const prune = (fields, bulky) => {
  const names = Object.keys(fields)
  if (names.length <= tombstonesKept && (!bulky || JSON.stringify(fields).length <= charactersKept)) return
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
  for (const life of state.lives) for (const fields of [life.fields, life.after]) prune(fields, true)
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
