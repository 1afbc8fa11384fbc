import { readFileSync } from 'node:fs'
import type { ProjectionDefinition } from './projections.js'

/** The texts lie beside this file, as they are: in the sources, and in the build, where they are copied to. */
const read = (name: string): Pick<ProjectionDefinition, 'name' | 'source' | 'url'> => {
  const url = new URL(`./${name}.js`, import.meta.url)
  return { name, source: readFileSync(url, 'utf8'), url: url.href }
}

/** The projections of the ledger. A change of what they emit needs a new `version`: old entries are then replaced. */
export const projectionDefinitions: readonly ProjectionDefinition[] = [
  { ...read('room-history'), version: 1, emits: true },
  { ...read('owner-trail'), version: 1, emits: true },
]
