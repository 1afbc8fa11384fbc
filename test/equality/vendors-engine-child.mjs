// Runs a projection on the vendor's published engine: in comes {source, streams} as JSON, out goes {emitted, states,
// unhandled}. The first argument names the package.
//
// Exit code 3 and a line on standard error: that engine cannot be had here. Everything else that goes wrong is a finding,
// and ends with another code.
import { text } from 'node:stream/consumers'

const cannotBeHad = (why) => {
  process.stderr.write(`${String(why?.message ?? why).split('\n')[0]}\n`)
  process.exit(3)
}

const load = async () => {
  const { createProjection } = await import(process.argv[2])
  // Its native part is loaded by the first projection that runs: one with which nothing else can be wrong.
  createProjection('fromAll().when({ Nothing: () => {} })', { engineVersion: 1 }).test().dispose()
  return createProjection
}

const createProjection = await load().catch(cannotBeHad)
const { source, streams } = JSON.parse(await text(process.stdin))
const run = createProjection(source, { engineVersion: 1 }).test()
const emitted = {}
const unhandled = new Set()
const longest = Math.max(...streams.map(({ events }) => events.length))
for (let sequenceNumber = 0; sequenceNumber < longest; sequenceNumber += 1)
  for (const { name, events } of streams) {
    const event = events[sequenceNumber]
    if (!event) continue
    const { id: eventId, type: eventType, data, metadata } = event
    const step = run.feed({ eventId, eventType, streamId: name, sequenceNumber, isJson: true, data, metadata })
    if (step.status === 'processed')
      for (const { streamId, eventType, data } of step.emitted) (emitted[streamId] ??= []).push({ type: eventType, data })
    else if (step.reason === 'unhandled') unhandled.add(eventType)
    else throw new Error(`event ${sequenceNumber}@${name} (${eventType}) was ${step.status}: ${step.reason}`)
  }
const states = Object.fromEntries(streams.map(({ name }) => [name, run.getState(name)]))
process.stdout.write(JSON.stringify({ emitted, states, unhandled: [...unhandled] }), () => process.exit(0))
