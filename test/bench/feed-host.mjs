// The built program's feed, its way of sending it and its store, and nothing else: `feed-host.mjs BUILD FILE`. Says where it
// listens once the search for damage in the file is over.
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import fastify from 'fastify'

const [build, file] = process.argv.slice(2)
const built = (path) => import(pathToFileURL(join(build, 'dist', path)).href)
const { openSqliteEventStore } = await built('libs/event-store-sqlite/src/index.js')
const { createFeed } = await built('libs/feed/src/index.js')
const { createStreams } = await built('apps/service/src/feed/send-stream.js')

const feed = createFeed({ store: await openSqliteEventStore(file) })
const streams = createStreams()
const app = fastify()
app.get('/v1/events/stream', async (request, reply) => {
  const { place } = await feed.locate(request.query.after)
  await streams.send(request, reply, (signal) => feed.follow({ from: place, filter: {}, signal }))
})
const url = await app.listen({ port: 0, host: '127.0.0.1' })
for (let used = Infinity; used > 50_000;) {
  const before = process.cpuUsage()
  await delay(1000)
  used = process.cpuUsage(before).user
}
console.log(`listening on ${url}`)
