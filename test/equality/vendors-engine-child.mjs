// Runs a projection on the vendor's published engine: in comes {source, streams} as JSON, out goes {emitted, states}.
// Where that engine cannot be had, one line on standard error says why, and the exit code is 1.
import { text } from 'node:stream/consumers'

const give = (why) => {
  process.stderr.write(`${String(why).split('\n')[0]}\n`)
  process.exit(1)
}

const { createProjection } = await import('@kurrent/projections-testing').catch((error) => give(error.message))
const { source, streams } = JSON.parse(await text(process.stdin))
try {
  const run = createProjection(source, { engineVersion: 1 }).test()
  const emitted = {}
  const longest = Math.max(...streams.map(({ events }) => events.length))
  for (let sequenceNumber = 0; sequenceNumber < longest; sequenceNumber += 1)
    for (const { name, events } of streams) {
      const event = events[sequenceNumber]
      if (!event) continue
      const step = run.feed({
        eventId: event.id,
        eventType: event.type,
        streamId: name,
        sequenceNumber,
        isJson: true,
        data: event.data,
        metadata: event.metadata,
      })
      for (const { streamId, eventType, data } of step.status === 'processed' ? step.emitted : [])
        (emitted[streamId] ??= []).push({ type: eventType, data })
    }
  const states = Object.fromEntries(streams.map(({ name }) => [name, run.getState(name)]))
  process.stdout.write(JSON.stringify({ emitted, states }), () => process.exit(0))
} catch (error) {
  give(error.message)
}
