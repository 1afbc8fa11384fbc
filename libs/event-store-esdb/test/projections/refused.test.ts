import { describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#event-store'
import { checkDefinition } from '#projections'
import type { DoubleOptions } from '../../../../test/double/index.js'
import { startDouble } from '../../../../test/double/index.js'
import { within } from '../../../event-store/test/store-fixture.js'
import { openEventStoreDb } from '../../src/index.js'
import { counting } from './workbench.js'

const onADouble = async (options: DoubleOptions, urlOf: (double: Awaited<ReturnType<typeof startDouble>>) => string = ({ url }) => url) => {
  const double = await startDouble(options)
  const { store, projections } = await openEventStoreDb({ connectionString: urlOf(double) })
  const close = async () => {
    await store.close()
    await double.close()
  }
  return { double, close, running: projections([counting().definition], { check: checkDefinition }) }
}

describe('a server that cannot run our projections as it stands', () => {
  it('given one that serves no projections, when they are started, then the remedy is named within 15 s', async () => {
    const { running, close } = await onADouble({ projections: 'none' })
    await expect(within(15_000, 'an answer', running.start())).rejects.toThrow(/EVENT_STORE_URL.*EVENTSTORE_RUN_PROJECTIONS=All/)
    await close()
  })

  it('given one whose own projections were not started, when ours are started, then its index of categories is enabled', async () => {
    const { running, close } = await onADouble({ projections: 'standard-stopped' })
    await within(15_000, 'the start', running.start())
    expect(await running.status()).toMatchObject([{ status: 'Running' }])
    await close()
  })

  it('given a user without the right, when they are started, then the right is named within 15 s, and no password', async () => {
    const users = { reader: { password: 'hush-hush', groups: ['$admins'] } }
    const { double, running, close } = await onADouble({ tls: true, users }, (double) => double.urlAs('reader', 'hush-hush'))
    double.faults.always({ kind: 'denied', on: 'projections' })
    const error: unknown = await within(15_000, 'an answer', running.start()).catch((error: unknown) => error)
    expect(String(error)).toMatch(/EVENT_STORE_URL.*\$admins/)
    expect(String(error)).not.toContain('hush')
    await expect(running.status()).rejects.toThrow(/EVENT_STORE_URL.*\$admins/)
    await close()
  })

  it('given one that stumbles again and again, when they are started, then they run in the end', async () => {
    const { double, running, close } = await onADouble({})
    const faults = (['unavailable', 'drop-before', 'drop-after', 'not-leader', 'late-answer'] as const).map(
      (kind) => ({ kind, on: 'projections' }) as const,
    )
    double.faults.random({ seed: 7, share: 0.5, faults, atMost: 20 })
    await within(15_000, 'the start', running.start())
    expect(double.faults.met.length).toBeGreaterThan(0)
    expect(await running.status()).toMatchObject([{ status: 'Running', epoch: 1 }])
    await close()
  })

  it('given one that goes away, then the status is StoreUnavailable within 5 s, and the start within 15 s', async () => {
    const { double, running, close } = await onADouble({})
    await running.start()
    await double.stop()
    await expect(within(5_000, 'an answer', running.status())).rejects.toThrow(StoreUnavailable)
    await expect(within(15_000, 'an answer', running.start())).rejects.toThrow(StoreUnavailable)
    await close()
  })
})
