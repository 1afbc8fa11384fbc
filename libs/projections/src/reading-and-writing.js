// @ts-check

// Part of both projections, see definitions.ts: how they read an event and write an entry.
//
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
