import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { EventStore } from '#event-store'

const stream = 'projectionDeployments'
/** Milliseconds after which a turn is over, also when its holder died. */
const longestTurn = 5_000
const pollEvery = 50

/**
 * Waits for its turn among all instances on one store, works, and hands the turn on. Turns are told from each other by an
 * append with the revision that was read. Work must bear company all the same: a turn ends by the clock.
 */
export const inTurn = async (store: EventStore, work: () => Promise<void>): Promise<void> => {
  const holder = randomUUID()
  const until = performance.now() + 2 * longestTurn
  let revision: number | undefined
  while (revision === undefined && performance.now() < until) {
    const last = await lastOf(store)
    if (last && last.ends > Date.now()) await delay(pollEvery)
    else revision = await take(store, holder, Date.now() + longestTurn, last?.revision)
  }
  try {
    await work()
  } finally {
    // Whoever waits would find the turn over by the clock.
    if (revision !== undefined) await take(store, holder, 0, revision).catch(() => undefined)
  }
}

const take = async (store: EventStore, holder: string, ends: number, after: number | undefined): Promise<number | undefined> => {
  const event = { id: randomUUID(), type: ends === 0 ? 'TurnEnded' : 'TurnTaken', data: { holder, ends }, metadata: {} }
  const result = await store.append(stream, [event], after ?? 'noStream')
  return result.ok ? result.revision : undefined
}

const lastOf = async (store: EventStore): Promise<{ readonly revision: number; readonly ends: number } | undefined> => {
  for await (const { revision, data } of store.readStream(stream, { direction: 'backwards', limit: 1 }))
    return { revision, ends: Number(data['ends']) }
  return undefined
}
