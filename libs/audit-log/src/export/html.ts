/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Signs that nobody sees, or that turn the direction of what is beside them, are written out: a report must not be able to deceive the eye. */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const writtenOut = (sign: string): string => `\\u{${sign.codePointAt(0)!.toString(16)}}`

const escape = (text: string): string => text.replace(unseen, writtenOut).replace(/[&<>"']/g, (sign) => entities[sign]!)

type Value = string | number | Html | readonly Html[]

/** Puts values into HTML, each escaped unless it is HTML itself. */
export const html = (parts: TemplateStringsArray, ...values: readonly Value[]): Html =>
  new Html(parts.map((part, place) => part + (place < values.length ? asText(values[place]!) : '')).join(''))

const asText = (value: Value): string => {
  if (value instanceof Html) return value.text
  if (typeof value === 'object') return value.map(({ text }) => text).join('')
  return escape(String(value))
}
