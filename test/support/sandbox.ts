/** The vendor's stand-in, for tests that lie beside another program: those import no app but their own. */
export { createSandbox, type Sandbox } from '../../apps/sandbox/src/index.js'
