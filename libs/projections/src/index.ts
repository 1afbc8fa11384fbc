export { createEmbeddedProjections } from './embedded.js'
export { checkDefinition } from './deploy/check-definition.js'
export { projectionDefinitions } from './definitions.js'
export type * from './projections.js'
