import type { Connection } from '../connection.js'
import { pause } from '../retry.js'
import { ProjectionRefusal } from './refusal.js'
import { projectionsOff } from './remedy.js'
import type { ProjectionServer } from './server.js'
import { statusOf } from './status.js'

const byCategory = '$by_category'
/** Milliseconds. A server that was just started makes its own projections first. */
const longest = 8_000

/**
 * Makes sure that the server sorts events by category: our projections read nothing else, and would silently stand still.
 *
 * @throws ProjectionsRefused with the remedy
 */
export const requireByCategory = async (server: ProjectionServer, connection: Connection): Promise<void> => {
  const since = performance.now()
  let enabled = false
  for (let failures = 0; ; failures += 1) {
    const status = await server.status(byCategory).then(
      ({ status }) => statusOf(status),
      (error: unknown) => {
        if (error instanceof ProjectionRefusal && error.answer === 'NotFound') return 'Missing' as const
        throw error
      },
    )
    if (status === 'Running') return
    if (performance.now() - since > longest)
      throw projectionsOff(
        status === 'Missing' ? `the server has no projection ${byCategory}` : `the projection ${byCategory} is ${status}`,
      )
    if (status !== 'Missing' && !enabled) {
      enabled = true
      await server.enable(byCategory)
    }
    await pause(failures, connection.closing)
  }
}
