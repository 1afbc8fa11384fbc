import { join } from 'node:path'
import { eventStoreConformance } from '../../event-store/test/conformance.js'
import { openSqliteEventStore } from '../src/index.js'
import { removeDirectory, temporaryDirectory } from './temporary-directory.js'

eventStoreConformance('SQLite', async () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'made', 'on the way', 'store.db')
  let store = await openSqliteEventStore(path)
  return {
    store,
    reopen: async () => {
      await store.close()
      return (store = await openSqliteEventStore({ path }))
    },
    close: async () => {
      await store.close()
      removeDirectory(directory)
    },
  }
})
