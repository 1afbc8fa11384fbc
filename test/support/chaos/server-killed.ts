import { setTimeout as delay } from 'node:timers/promises'
import { rollDice } from '../../double/dice.js'
import { aftermathOf, type Aftermath } from './aftermath.js'
import { runLoad } from './load.js'
import type { OwnServer } from './own-server.js'
import { withTwoInstances } from './two-instances.js'

export interface ServerKilled {
  readonly build: string
  readonly server: OwnServer
  readonly seed: number
  readonly times: number
}

export interface Return {
  /** Milliseconds from the start of the server until it answered. */
  readonly startMs: number
  /** Milliseconds from there until each instance was ready. */
  readonly readyMs: readonly number[]
}

/** Two instances under load on a server that is killed and started again, so many times. */
export const serverKilled = ({ build, server, seed, times }: ServerKilled): Promise<Aftermath & { readonly returns: readonly Return[] }> =>
  withTwoInstances({ build, eventStoreUrl: server.url }, async (field, clients, instances) => {
    const roll = rollDice(seed)
    let over = false
    const load = runLoad(field, clients, { seed, deeds: Infinity, before: () => !over })
    const returns: Return[] = []
    try {
      for (let time = 0; time < times; time += 1) {
        await delay(2000 + roll() * 2000)
        await server.kill()
        // Once for longer than the service has patience.
        await delay(time === 2 ? 15_000 : roll() * 3000)
        const startMs = await server.start()
        const readyMs = await Promise.all(instances.map(({ url }) => readyAfter(url)))
        console.log(
          `return ${time + 1}: server after ${Math.round(startMs)} ms, instances ready ${readyMs.map(Math.round).join(' and ')} ms later`,
        )
        returns.push({ startMs, readyMs })
      }
      await delay(2000)
    } finally {
      over = true
    }
    const asked = await load
    const { violations, figures } = await aftermathOf(field, clients, asked, { eventStoreUrl: server.url })
    return { violations: [...violations, ...instances.flatMap((instance) => instance.complaints())], figures, returns }
  })

/** @returns milliseconds until the instance called itself ready; Infinity when it does not within a minute */
const readyAfter = async (url: string): Promise<number> => {
  const begun = performance.now()
  let last = 'nothing'
  while (performance.now() - begun < 60_000) {
    const [status, text] = await fetch(`${url}/health/ready`).then(
      async (answer) => [answer.status, await answer.text()] as const,
      (error: unknown) => [0, String(error)] as const,
    )
    if (status === 200) return performance.now() - begun
    if (text !== last) console.log(`  after ${Math.round(performance.now() - begun)} ms: ${text.slice(0, 600)}`)
    last = text
    await delay(50)
  }
  return Infinity
}
