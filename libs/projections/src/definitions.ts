import { readFileSync } from 'node:fs'
import type { ProjectionDefinition } from './projections.js'

/** The texts lie beside this file, as they are: in the sources, and in the build, where they are copied to. */
const read = (name: string): { readonly url: string; readonly source: string } => {
  const url = new URL(`./${name}.js`, import.meta.url)
  return { url: url.href, source: readFileSync(url, 'utf8') }
}

/** A projection cannot import: its text is put together from its files, of which the last one bears its name. */
const define = (version: number, ...files: readonly string[]): ProjectionDefinition => {
  const parts = files.map(read)
  return { name: files.at(-1)!, version, source: parts.map(({ source }) => source).join('\n'), parts, emits: true }
}

/** The projections of the ledger. A change of what they emit needs a new `version`: old entries are then replaced. */
export const projectionDefinitions: readonly ProjectionDefinition[] = [
  define(1, 'reading-and-writing', 'room-history-lives', 'room-history'),
  define(1, 'reading-and-writing', 'owner-trail'),
]
