// Run by defects.test.ts in a process of its own: it must end by itself once the store is closed.
import { openEsdbEventStore } from '../../src/index.js'

const store = await openEsdbEventStore({ connectionString: process.argv[2]! })
await store.append('room-1', [{ id: crypto.randomUUID(), type: 'T', data: {}, metadata: {} }], 'any')
for await (const item of store.subscribe()) if ('caughtUp' in item) break
const waiting = store.subscribe()[Symbol.asyncIterator]()
await waiting.next()
await store.close()
console.log('closed')
