import { linkByCategory } from './log/by-category.js'
import type { Log } from './log/log.js'
import { createLog } from './log/log.js'
import type { Manager } from './projections/managed.js'
import { createManager } from './projections/manager.js'
import { runsByCategory, systemProjections } from './projections/system.js'

/** `standard-stopped`: the server's own projections are there, but nobody started them. `none`: it serves no projections at all. */
export type ProjectionsMode = 'all' | 'standard-stopped' | 'none'

/** What the doubles of one cluster share: the log, and the projections that run on it. */
export interface Backend {
  readonly log: Log
  readonly manager: Manager | undefined
  close(): void
}

export const createBackend = (mode: ProjectionsMode = 'all'): Backend => {
  const log = createLog()
  const manager = mode === 'none' ? undefined : createManager(log, systemProjections(mode === 'all'))
  const endLinks = linkByCategory(log, () => runsByCategory(manager))
  return {
    log,
    manager,
    close: () => {
      endLinks()
      manager?.close()
    },
  }
}
