import { randomUUID } from 'node:crypto'
import { openSqliteEventStore } from '../src/index.js'

// Appends without end, from several writers at once, and prints each id once it is acknowledged. It lives until it is killed.
const store = await openSqliteEventStore(process.argv[2]!)
const write = async (writer: number): Promise<never> => {
  for (let revision = -1; ;) {
    const events = Array.from({ length: 1 + (revision % 3 === 0 ? 2 : 0) }, () => ({
      id: randomUUID(),
      type: 'Counted',
      data: {},
      metadata: { writer },
    }))
    const result = await store.append(`crash-${process.pid}-${writer}`, events, revision < 0 ? 'noStream' : revision)
    if (!result.ok) throw new Error(`writer ${writer} is alone on its stream and met ${result.actual}`)
    revision = result.revision
    process.stdout.write(events.map(({ id }) => `${id}\n`).join(''))
  }
}
await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)))
