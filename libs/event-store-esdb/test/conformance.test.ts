import { expect, it } from 'vitest'
import { eventStoreConformance } from '../../event-store/test/conformance.js'
import { openEsdbEventStore } from '../src/index.js'
import { interruptions } from './interruptions.js'

const url = process.env['TEST_EVENTSTORE_URL']

if (url) {
  console.log('EventStoreDB took part: the one that TEST_EVENTSTORE_URL names')
  eventStoreConformance('EventStoreDB', async () => {
    let store = await openEsdbEventStore({ connectionString: url })
    return {
      store,
      reopen: async () => {
        await store.close()
        return (store = await openEsdbEventStore({ connectionString: url }))
      },
      close: () => store.close(),
    }
  })
  interruptions(url)
} else {
  console.log('No EventStoreDB took part: TEST_EVENTSTORE_URL is not set, so the conformance suite did not run on this store')
  it('given no server, when the conformance suite would run, then the store says that nobody answers instead of passing', async () => {
    const opening = openEsdbEventStore({ connectionString: 'esdb://127.0.0.1:1?tls=false', patience: 100 })
    await expect(opening).rejects.toThrow(/no server answers/)
  })
}
