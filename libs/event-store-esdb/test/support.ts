import { afterEach } from 'vitest'
import type { EventStore } from '#event-store'
import type { Double, DoubleOptions } from '../../../test/double/index.js'
import { startDouble } from '../../../test/double/index.js'
import type { EsdbEventStoreOptions } from '../src/index.js'
import { openEsdbEventStore } from '../src/index.js'

/** A double of its own for each test, and stores on it; all are closed behind it. */
export const aDouble = () => {
  const open: { close(): Promise<void> }[] = []
  afterEach(async () => {
    for (const each of open.splice(0).toReversed()) await each.close()
  })
  return {
    async start(options?: DoubleOptions): Promise<Double> {
      const double = await startDouble(options)
      open.push(double)
      return double
    },
    async store(double: { readonly url: string }, options: Partial<EsdbEventStoreOptions> = {}): Promise<EventStore> {
      const store = await openEsdbEventStore({ connectionString: double.url, ...options })
      open.push(store)
      return store
    },
  }
}
