import { eventStoreConformance } from './conformance.js'
import { createMemoryStore } from './memory-store.js'

eventStoreConformance('the memory store of the tests', async () => {
  const store = createMemoryStore()
  return { store, close: () => store.close() }
})
