import { describe } from 'vitest'
import { eventStoreConformance } from '../../event-store/test/conformance.js'
import { openEsdbEventStore } from '../src/index.js'
import { engines, sayWhoTookPart } from './engines.js'
import { interruptions } from './interruptions.js'

sayWhoTookPart('EventStoreDB conformance')

describe.each(engines)('on $name', (engine) => {
  const server = engine.use()
  eventStoreConformance(`EventStoreDB (${engine.name})`, async () => {
    let store = await openEsdbEventStore({ connectionString: server.url })
    return {
      store,
      reopen: async () => {
        await store.close()
        return (store = await openEsdbEventStore({ connectionString: server.url }))
      },
      close: () => store.close(),
    }
  })
  interruptions(server)
})
