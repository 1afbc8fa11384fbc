/** Reads fields of a vendor object and remembers what did not fit, so that nothing is thrown for a bad body. */
export interface FieldReader {
  /** What did not fit so far, in words that name the field and never its value. Shared with the readers of inner objects. */
  readonly misfits: readonly string[]
  /** False for an inner object that was not sent. */
  readonly present: boolean
  readonly text: (name: string) => string | undefined
  /** An id: a text that is not empty, or the digits of a bare number. An empty text is none. */
  readonly account: (name: string) => string | undefined
  readonly accounts: (name: string) => readonly string[] | undefined
  readonly flag: (name: string) => boolean | undefined
  readonly integer: (name: string) => number | undefined
  readonly integers: (name: string) => readonly number[] | undefined
  readonly texts: (name: string) => readonly string[] | undefined
  readonly object: (name: string) => FieldReader
  readonly objects: (name: string) => readonly FieldReader[] | undefined
  readonly misfit: (why: string) => undefined
}

interface ReaderOptions {
  /** Takes `"true"` for true: one table of get_room_info says String where its sample says Bool (trtc 63404). */
  readonly lenient?: boolean
  readonly path?: string
  readonly misfits?: string[]
  readonly present?: boolean
}

/**
 * A reader of one object. A field that is missing or `null` was not said; so is an object or a list sent as `""`.
 * A text that is not well-formed Unicode fits nothing: it could not be stored as it came.
 */
export const readFields = (source: object, options: ReaderOptions = {}): FieldReader => {
  const { lenient = false, path = '', misfits = [], present = true } = options
  const fields = source as Readonly<Record<string, unknown>>
  const misfit = (why: string): undefined => void misfits.push(why)

  /** The value if it is what `take` makes something of; a misfit if it makes nothing of it. */
  const field = <T>(name: string, what: string, take: (value: unknown) => T | undefined, emptyIsAbsent = false): T | undefined => {
    const value = fields[name]
    if (value === undefined || value === null || (emptyIsAbsent && value === '')) return undefined
    return take(value) ?? misfit(`${path}${name} must be ${what}`)
  }
  const each = <T>(name: string, what: string, take: (value: unknown) => T | undefined): readonly T[] | undefined =>
    field(name, `a list of ${what}`, (value) => (Array.isArray(value) ? allOf(value.map(take)) : undefined), true)
  const inner = (value: object, name: string): FieldReader => readFields(value, { lenient, misfits, path: `${path}${name}.` })
  const toFlag = (value: unknown): boolean | undefined =>
    typeof value === 'boolean' ? value : lenient && (value === 'true' || value === 'false') ? value === 'true' : undefined

  return {
    misfits,
    present,
    misfit,
    text: (name) => field(name, 'a text', toText),
    texts: (name) => each(name, 'texts', toText),
    account: (name) => field(name, 'an account', toAccount, true),
    accounts: (name) => each(name, 'accounts', toAccount),
    flag: (name) => field(name, 'true or false', toFlag),
    integer: (name) => field(name, 'an integer', toInteger),
    integers: (name) => each(name, 'integers', toInteger),
    object: (name) =>
      field(name, 'an object', (value) => (isObject(value) ? inner(value, name) : undefined), true) ??
      readFields({}, { misfits, path, present: false }),
    objects: (name) => each(name, 'objects', (value) => (isObject(value) ? inner(value, name) : undefined)),
  }
}

const toText = (value: unknown): string | undefined => (typeof value === 'string' && value.isWellFormed() ? value : undefined)
const toInteger = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? Number(value) : undefined)
const toAccount = (value: unknown): string | undefined => toText(Number.isSafeInteger(value) ? String(value) : value) || undefined
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null && !Array.isArray(value)

const allOf = <T>(items: readonly (T | undefined)[]): readonly T[] | undefined =>
  items.every((item) => item !== undefined) ? items : undefined
