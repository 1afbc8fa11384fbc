import { MigrationRefused } from './refused.js'

/** Where a store is. `label` may be shown: it holds neither user nor password. */
export type StoreAddress =
  | { readonly kind: 'sqlite'; readonly path: string; readonly label: string }
  | { readonly kind: 'eventstoredb'; readonly connectionString: string; readonly label: string }

export type AddressOption = '--from' | '--to'

/**
 * Reads what `EVENT_STORE_URL` would take too. A text that is none is not repeated: it may hold a password.
 *
 * @throws MigrationRefused
 */
export const readAddress = (option: AddressOption, text: string): StoreAddress => {
  const path = /^sqlite:(?!:memory:$)(.+)$/s.exec(text)?.[1]
  if (path !== undefined) return { kind: 'sqlite', path, label: `sqlite:${path}` }
  const scheme = /^esdb(?:\+discover)?:\/\/(?=.)/.exec(text)?.[0]
  if (scheme !== undefined) return { kind: 'eventstoredb', connectionString: text, label: `${scheme}${hostsOf(text.slice(scheme.length))}` }
  throw new MigrationRefused(
    `${option} must be sqlite:PATH, or an EventStoreDB connection string such as esdb://user:password@host:2113?tls=true`,
  )
}

/** A password may hold any character: only what stands behind the last `@` surely is none. */
const hostsOf = (rest: string): string => rest.slice(rest.lastIndexOf('@') + 1).replace(/[/?].*$/s, '')
