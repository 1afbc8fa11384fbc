import type { Connection } from '../connection.js'
import { pause } from '../retry.js'
import { planStep, type Step, type Wanted } from './plan.js'
import { ProjectionRefusal } from './refusal.js'
import type { ProjectionServer } from './server.js'

/** Milliseconds for one projection to be as it is wanted. */
const longest = 10_000

/** Answers that only say that another instance was faster, or that the server is still at it. */
const passing = new Set(['Conflict', 'NotFound', 'OperationFailed'])

/**
 * Goes one step after another, and looks anew before each. So several instances may deploy at once, and it does not
 * matter at which step one of them dies.
 *
 * @throws ProjectionRefusal
 * @throws StoreUnavailable
 */
export const deploy = async (
  server: ProjectionServer,
  connection: Connection,
  name: string,
  wanted: Wanted,
  log: (message: string) => void,
): Promise<void> => {
  const { text, emits } = wanted
  const steps: Record<Exclude<Step, 'leave'>, () => Promise<void>> = {
    create: () => server.create(name, text, emits),
    disable: () => server.disable(name),
    update: () => server.update(name, text, emits),
    reset: () => server.reset(name),
    enable: () => server.enable(name),
  }
  const since = performance.now()
  let unrecorded = false
  for (let failures = 0; ;) {
    const planned = planStep(await server.records(name), wanted)
    if (planned === 'leave') return
    // The server died between taking the name and writing down the text.
    const step = planned === 'create' && unrecorded ? 'update' : planned
    try {
      await steps[step]()
      log(`${step} is done`)
      failures = 0
    } catch (error) {
      if (!(error instanceof ProjectionRefusal && passing.has(error.answer)) || performance.now() - since > longest) throw error
      unrecorded = planned === 'create' && error.answer === 'Conflict' && failures > 3
      failures += 1
      await pause(failures, connection.closing)
    }
  }
}
