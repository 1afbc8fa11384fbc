import { isUtf8 } from 'node:buffer'
import { canonicalJson } from '../canonical-json.js'
import { endLine, headLine, rowText, type ExportEnd, type ExportHead, type ExportRow } from '../export/format.js'

/** A line as it was read. `canonical` is the content's canonical JSON. */
export type ReadLine =
  | { readonly is: 'head'; readonly head: ExportHead }
  | { readonly is: 'row'; readonly row: ExportRow; readonly canonical: string }
  | { readonly is: 'end'; readonly end: ExportEnd }
  | { readonly is: 'unreadable'; readonly why: string }

type Fields = Readonly<Record<string, unknown>>

/** Reads a line, and takes nothing that is not written as the ledger writes: else a byte could be altered without altering what it says. */
export const readLine = (bytes: Buffer): ReadLine => {
  if (!isUtf8(bytes)) return unreadable('is no UTF-8')
  const text = bytes.toString('utf8')
  const fields = parse(text)
  if (!fields) return unreadable('is no JSON object')
  if ('roomLedgerExport' in fields) return readHead(fields, text)
  if ('checkpoint' in fields) return readEnd(fields, text)
  return 'leaf' in fields ? readRow(fields, text) : unreadable('is no line of an export')
}

const readHead = (fields: Fields, text: string): ReadLine => {
  const { roomLedgerExport, filtered, filter, size, origin, sealed, ...others } = fields
  const wrong = wrongOf({
    roomLedgerExport: typeof roomLedgerExport === 'number',
    filtered: typeof filtered === 'boolean',
    filter: isFilter(filter),
    size: size === undefined || isCount(size),
    origin: origin === undefined || typeof origin === 'string',
    sealed: sealed === undefined || typeof sealed === 'boolean',
  })
  if (wrong) return unreadable(wrong)
  const head = fields as unknown as ExportHead
  return formOf(text, fields, others, () => headLine(head)) ?? { is: 'head', head }
}

const readRow = (fields: Fields, text: string): ReadLine => {
  const { leaf, salt, content, index, proof, ...others } = fields
  const wrong = wrongOf({
    leaf: typeof leaf === 'string',
    salt: typeof salt === 'string',
    content: isContent(content),
    index: index === undefined || isCount(index),
    proof: proof === undefined || isTexts(proof),
  })
  if (wrong) return unreadable(wrong)
  const row = fields as unknown as ExportRow
  const canonical = canonicalJson(content)
  return formOf(text, fields, others, () => rowText(row.leaf, row.salt, canonical, row.index, row.proof)) ?? { is: 'row', row, canonical }
}

const readEnd = (fields: Fields, text: string): ReadLine => {
  const { checkpoint, events, leaves, seal, ...others } = fields
  const wrong = wrongOf({
    checkpoint: typeof checkpoint === 'string',
    events: isCount(events),
    leaves: leaves === undefined || typeof leaves === 'string',
    seal: seal === undefined || typeof seal === 'string',
  })
  if (wrong) return unreadable(wrong)
  const end = fields as unknown as ExportEnd
  return formOf(text, fields, others, () => endLine(end)) ?? { is: 'end', end }
}

const parse = (text: string): Fields | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** A program that has read and written the lines again has written the same JSON: that is as good. */
const formOf = (text: string, fields: Fields, others: Fields, write: () => string): ReadLine | undefined => {
  const [unknown] = Object.keys(others)
  if (unknown !== undefined) return unreadable(`has a field that an export does not have: ${JSON.stringify(unknown)}`)
  return text === write() || text === stringify(fields) ? undefined : unreadable('is not written as the ledger writes')
}

const stringify = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    // Nested too deep for it.
    return undefined
  }
}

const wrongOf = (checks: Readonly<Record<string, boolean>>): string | undefined => {
  const field = Object.keys(checks).find((name) => !checks[name])
  return field === undefined ? undefined : `has no sound field ${JSON.stringify(field)}`
}

const unreadable = (why: string): ReadLine => ({ is: 'unreadable', why })
const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every((item) => typeof item === 'string')
const isContent = (value: unknown): boolean =>
  isObject(value) &&
  ['id', 'stream', 'type'].every((name) => typeof value[name] === 'string') &&
  isCount(value['revision']) &&
  isObject(value['data']) &&
  isObject(value['metadata'])
const isFilter = (value: unknown): boolean =>
  isObject(value) &&
  Object.entries(value).every(([name, item]) =>
    name === 'types' ? isTexts(item) : ['roomId', 'account', 'from', 'to'].includes(name) && typeof item === 'string',
  )
