import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import type { JsonObject } from '#event-store'
import { engines } from '../../libs/event-store-esdb/test/engines.js'
import { workbench } from '../../libs/event-store-esdb/test/projections/workbench.js'
import type { Question, Step } from './answer.js'
import { atServer } from './at-server.js'
import { onEmbedded } from './on-embedded.js'
import { type Text, texts } from './texts.js'

const aboutText = ({ source, events, partitions }: Text): Question => {
  const tag = `t${randomUUID().replaceAll('-', '')}`
  const name = `text-${tag}`
  const steps: Step[] = []
  let rest = events
  while (rest.length > 0) {
    const end = rest.indexOf('-')
    const some = rest.slice(0, end < 0 ? rest.length : end)
    rest = rest.slice(some.length + 1)
    if (some.length > 0) steps.push((store) => append(store, some))
  }
  const append = async (store: Parameters<Step>[0], some: Text['events']): Promise<void> => {
    for (const each of some) {
      const [room, type, data = {}, metadata = {}] = each as Exclude<typeof each, '-'>
      const event = { id: randomUUID(), type, data: data as JsonObject, metadata: metadata as JsonObject }
      await store.append(`${tag}-${room}`, [event], 'any')
    }
  }
  return {
    definition: { name, version: 1, emits: true, source: source.replaceAll('CATEGORY', tag).replaceAll('OUT', `out${tag}`) },
    steps,
    outputs: [`out${tag}`, ...['result', 'partitions', `${tag}-a-result`].map((part) => `$projections-${name}-${part}`)],
    partitions: partitions ?? ['', `${tag}-a`, `${tag}-b`],
  }
}

/** Each engine has events of its own, hence ids of its own. */
const withoutIds = (answer: unknown): unknown =>
  JSON.parse(JSON.stringify(answer, (key, value: unknown) => (key === '$causedBy' ? 'id' : Object.is(value, -0) ? 'minus zero' : value)))

describe.each(engines)('a text of any kind, on $name and on the embedded engine', (engine) => {
  const bench = workbench(engine.use())
  afterAll(() =>
    console.log(
      engine.name.includes('double')
        ? `texts: ${texts.length} on the protocol double, which runs them on the embedded engine: only feeding and writing are its own`
        : `texts: ${texts.length} on ${engine.name}, by its own engine`,
    ),
  )

  it.each(texts)('$what', { timeout: 60_000 }, async (text) => {
    const question = aboutText(text)
    const expected = await onEmbedded(question)
    const answer = await atServer(bench, question)
    expect([expected.faulted, answer.faulted]).toEqual([text.faults ?? false, text.faults ?? false])
    // How much of it was kept before the fault is the engine's own affair.
    expect(text.faults ? {} : withoutIds(answer)).toEqual(text.faults ? {} : withoutIds(expected))
  })
})
