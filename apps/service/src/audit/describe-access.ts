import type { JsonObject } from '#event-store'
import type { Authenticated } from '#platform'

/** In characters. Who asks for what the API offers stays far below; who sends more is recorded as far as this goes. */
const longest = { path: 1_000, name: 100, value: 500 }
const mostParameters = 30

const redacted = '[redacted]'
/** No address takes a credential in these; somebody may send one all the same, and the record is for good. */
const secretName = /token|secret|passw|authorization|credential|api[-_]?key|usersig|^(key|sign|signature)$/i

/** What is asked for, as it is recorded for good: address and filter of bounded size, without secrets. `cut`: there was more. */
export interface AccessDescription extends JsonObject {
  readonly method: string
  /** The address as documented, e.g. `/v1/rooms/{roomId}/reconcile`. */
  readonly route: string
  /** As sent, percent-encoded, without the query. */
  readonly path: string
  readonly query: { readonly [name: string]: string }
}

export const describeAccess = ({ method, url, routeOptions, query, headers }: Authenticated): AccessDescription => {
  const credential = /^Bearer +(\S+)/i.exec(headers.authorization ?? '')?.[1]
  let isCut = false
  const cut = (text: string, length: number): string => {
    if (text.length <= length) return text
    isCut = true
    return text.slice(0, length).toWellFormed()
  }
  const shown = (name: string, value: string): string =>
    secretName.test(name) || (credential !== undefined && value.includes(credential)) ? redacted : cut(value, longest.value)
  const parameters = Object.entries(query as Readonly<Record<string, unknown>>)
  if (parameters.length > mostParameters) isCut = true
  const [path = ''] = url.split(/[?#]/)
  const described = {
    method,
    route: (routeOptions.url ?? '').replaceAll(/:(\w+)/g, '{$1}'),
    path: cut(path, longest.path),
    query: Object.fromEntries(
      parameters.slice(0, mostParameters).map(([name, value]) => [cut(name, longest.name), shown(name, String(value))]),
    ),
  }
  return isCut ? { ...described, cut: true } : described
}
