import { setTimeout as delay } from 'node:timers/promises'
import { rollDice } from '../../double/dice.js'
import { eventually } from '../eventually.js'
import { engineUnderTest, openTestStore, readLogOf } from '../test-store.js'
import { clientsOf } from './clients.js'
import { errorsIn } from './errors-in.js'
import { createField, type Field } from './field.js'
import { spawnInstance, type Spawned } from './spawned.js'

export interface ConsumersKilled {
  readonly build: string
  readonly seed: number
  /** How often an instance of the service is killed. */
  readonly kills: number
}

interface Page {
  readonly events: readonly { readonly id: string; readonly cursor: string }[]
  readonly cursor: string
}

/** Two readers of one named consumer, by turns at each instance of the service that there is, while these are killed. */
export const consumersKilled = async ({ build, seed, kills }: ConsumersKilled) => {
  const roll = rollDice(seed)
  const field = await createField()
  const store = await openTestStore(field.folder)
  const names = engineUnderTest === 'sqlite' ? ['one'] : ['one', 'two']
  const running = new Map<string, Spawned>()
  const said: string[] = []
  let over = false
  const consumer = consumerOf(field)
  try {
    for (const name of names) running.set(name, await spawnInstance(field, build, name, store.url))
    const before = (await readLogOf(store.url, 'room-')).length
    await consumer.register()
    const writing = [1, 2].map((lane) => tell(field, lane, () => over))
    const readers = [1, 2].map((lane) => consumer.read(rollDice(seed + lane), () => over))
    for (let kill = 0; kill < kills; kill += 1) {
      // Whatever the machine has time for: something is to be under way each time.
      await eventually(() => consumer.figures.acknowledged > 2 * kill + 1)
      await delay(800 * roll())
      const name = names[kill % names.length]!
      const killed = running.get(name)!
      said.push(...killed.complaints())
      await killed.kill()
      said.push(...errorsIn(killed.program.output()))
      running.set(name, await spawnInstance(field, build, name, store.url))
    }
    over = true
    await Promise.all([...writing, ...readers])
    await consumer.drain()

    const ledger = (await readLogOf(store.url, 'room-')).slice(before).map(({ id }) => id)
    const { lag } = await consumer.look()
    return {
      violations: [
        ...said,
        ...consumer.strange,
        ...consumer.disorder(ledger),
        ...[...running.values()].flatMap((instance) => [...instance.complaints(), ...errorsIn(instance.program.output())]),
        ...(lag === 0 ? [] : [`at the end ${lag} events are said to wait`]),
      ],
      figures: { events: ledger.length, kills, ...consumer.figures },
    }
  } finally {
    over = true
    for (const { program } of running.values()) program.kill('SIGKILL')
    await Promise.all([...running.values()].map(({ program }) => program.ended))
    await field.close()
    await store.close()
  }
}

const consumerOf = (field: Field) => {
  const pages: (readonly string[])[] = []
  const strange: string[] = []
  const figures = { pages: 0, acknowledged: 0, 'acknowledged too late': 0, unanswered: 0 }
  /** Undefined where the line was cut, or the service was not ready. */
  const ask = async (method: string, path = '', body?: object): Promise<{ status: number; body: unknown } | undefined> => {
    try {
      const answer = await fetch(`${field.next()}/v1/consumers/${field.run}${path}`, {
        method,
        headers: { Authorization: `Bearer ${field.secret}`, 'Content-Type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      })
      const known = { status: answer.status, body: (await answer.json()) as unknown }
      if (known.status < 500) return known
    } catch {
      // Killed meanwhile: it may have been done, or not.
    }
    figures.unanswered += 1
    await delay(50)
    return undefined
  }
  const answered = async (...what: Parameters<typeof ask>): Promise<{ status: number; body: unknown }> => {
    for (;;) {
      const answer = await ask(...what)
      if (answer) return answer
    }
  }
  const page = async (query: string): Promise<Page | undefined> => {
    const answer = await ask('GET', `/events?${query}`)
    if (!answer) return undefined
    if (answer.status !== 200) {
      strange.push(`a page was answered ${JSON.stringify(answer)}`)
      return undefined
    }
    const given = answer.body as Page
    if (given.events.length > 0) pages.push(given.events.map(({ id }) => id))
    figures.pages += 1
    return given
  }
  const acknowledge = async (cursor: string): Promise<void> => {
    const answer = await ask('POST', '/ack', { cursor })
    if (answer?.status === 200) figures.acknowledged += 1
    else if ((answer?.body as { type?: string } | undefined)?.type === '/problems/ack-backwards') figures['acknowledged too late'] += 1
    else if (answer) strange.push(`an acknowledgement was answered ${JSON.stringify(answer)}`)
  }
  return {
    strange,
    figures,
    register: () => answered('PUT', '', { from: 'now' }),
    look: async () => (await answered('GET')).body as { lag: number },
    /** Reads pages, and acknowledges all, some or nothing of each, until told that it is over. */
    read: async (roll: () => number, isOver: () => boolean): Promise<void> => {
      while (!isOver()) {
        const given = await page(`limit=${1 + Math.floor(roll() * 40)}&wait=1`)
        await delay(30 * roll())
        if (!given || roll() < 0.2) continue
        const some = given.events[Math.floor(roll() * given.events.length)]
        await acknowledge(some && roll() < 0.3 ? some.cursor : given.cursor)
      }
    },
    drain: async (): Promise<void> => {
      for (;;) {
        const given = await page('limit=500')
        if (!given) continue
        await acknowledge(given.cursor)
        if (given.events.length === 0) return
      }
    },
    /** @returns what was never given out, and pages that are no stretch of the ledger */
    disorder: (ledger: readonly string[]): string[] => {
      const place = new Map(ledger.map((id, index) => [id, index]))
      const given = new Set(pages.flat())
      const holes = pages.filter((ids) => ids.some((id, index) => place.get(id) !== place.get(ids[0]!)! + index))
      return [
        ...ledger.flatMap((id, index) => (given.has(id) ? [] : [`event ${index} was never given out`])).slice(0, 5),
        ...holes.slice(0, 5).map((ids) => `a page of ${ids.length} is no stretch of the ledger`),
      ]
    },
  }
}

const tell = async (field: Field, lane: number, isOver: () => boolean): Promise<void> => {
  const { callback } = clientsOf(field)
  for (let n = 0; !isOver(); n += 1) {
    const RoomInfo = { RoomId: `${field.run}-${lane}-${n % 5}`, RoomName: `name ${n}` }
    await callback({ CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo', EventTime: Date.now(), RoomInfo } as { CallbackCommand: string })
    await delay(5)
  }
}
