import { readFileSync } from 'node:fs'
import type { ProjectionDefinition } from './projections.js'

/** The texts lie beside this file, as they are: in the sources, and in the build, where they are copied to. */
const read = (name: string): string => readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8')

/** The projections of the ledger. A change of what they emit needs a new `version`: old entries are then replaced. */
export const projectionDefinitions: readonly ProjectionDefinition[] = [
  { name: 'room-history', version: 1, source: read('room-history'), emits: true },
  { name: 'owner-trail', version: 1, source: read('owner-trail'), emits: true },
]
