export { createEmbeddedProjections } from './embedded.js'
export { projectionDefinitions } from './definitions.js'
export type * from './projections.js'
