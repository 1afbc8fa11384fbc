// Reads every event of a store in a process of its own: `raw-reading.ts FILE port|sql`. Prints how many, and in how many seconds.
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { openSqliteEventStore } from '#event-store-sqlite'

/** As the feed reads them, through the port of the store. */
const throughPort = async (file: string) => {
  const store = await openSqliteEventStore(file)
  // The search for damage in a large file goes on beside the work; it is not what is measured.
  for (let used = Infinity; used > 50_000;) {
    const before = process.cpuUsage()
    await delay(1000)
    used = process.cpuUsage(before).user
  }
  const begun = performance.now()
  let events = 0
  for await (const _ of store.readAll({ prefixes: ['room-'] })) events += 1
  const seconds = (performance.now() - begun) / 1000
  await store.close()
  return { events, seconds }
}

/** The rows alone, as they lie: no check, no JSON. */
const bySql = (file: string) => {
  using db = new DatabaseSync(file, { readOnly: true })
  const begun = performance.now()
  let events = 0
  for (const _ of db.prepare('SELECT position, stream, revision, id, type, data, metadata FROM events ORDER BY position').iterate())
    events += 1
  return { events, seconds: (performance.now() - begun) / 1000 }
}

const [file, how] = process.argv.slice(2)
console.log(JSON.stringify(how === 'sql' ? bySql(file!) : await throughPort(file!)))
