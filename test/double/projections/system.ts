import type { Managed, Manager } from './managed.js'
import { noProgress } from './running.js'

const names = ['$streams', '$stream_by_category', '$by_category', '$by_event_type', '$by_correlation_id']

export const isSystemProjection = (name: string): boolean => names.includes(name)

/**
 * The server's own projections: they are listed and can be switched, and `$by_category` is done elsewhere as long as it
 * runs. What the others would write is left out.
 */
export const systemProjections = (started: boolean): Managed[] =>
  names.map((name, id) => ({
    name,
    id: id + 1,
    kept: { query: '', emitEnabled: true, enabled: started, deleted: false, epoch: -1, version: 0 },
    progress: noProgress(),
    status: started ? 'Running' : 'Stopped',
    reason: '',
    running: undefined,
    ranAs: 0,
    broken: false,
  }))

export const runsByCategory = (manager: Manager | undefined): boolean => manager?.all.get('$by_category')?.status === 'Running'
