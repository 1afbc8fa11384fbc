import { setTimeout as delay } from 'node:timers/promises'
import { startService } from '../../../apps/service/src/start.js'
import { startDouble, type Double, type Fault } from '../../double/index.js'
import { rollDice } from '../../double/dice.js'
import { aftermathOf, type Aftermath } from './aftermath.js'
import { clientsOf } from './clients.js'
import { createField } from './field.js'
import { runLoad } from './load.js'

export interface StoreFaults {
  readonly seed: number
  /** Commands, deeds at the vendor and callbacks together. */
  readonly deeds: number
  readonly faults: number
}

/** Everything that a server or a line may do to a call. */
const kinds: readonly Fault[] = [
  { kind: 'drop-before' },
  { kind: 'drop-after' },
  { kind: 'drop-after', on: 'append' },
  { kind: 'late', ms: 200 },
  { kind: 'late-answer', ms: 200 },
  { kind: 'not-leader' },
  { kind: 'unavailable' },
  { kind: 'cancelled' },
  { kind: 'deadline' },
  { kind: 'timeout-after', on: 'append' },
  { kind: 'denied' },
  // Of the few that nobody waits out: they come through to clients as 503, in the middle of what they asked for.
  { kind: 'denied', on: 'append' },
  { kind: 'denied', on: 'append' },
  { kind: 'denied', on: 'read' },
  { kind: 'slow', on: 'read', ms: 5 },
  { kind: 'break' },
]

/** One fault in ten befalls the server as a whole. */
const wholeServer: readonly ((double: Double, roll: number) => void | Promise<void>)[] = [
  (double) => double.cutConnections(),
  (double) => double.dropSubscriptions(),
  async (double, roll) => {
    await double.stop({ graceful: roll < 0.5 })
    await delay(100 + roll * 1400)
    await double.start()
  },
]

/** Runs the real service on the double, which strikes at random moments while rooms are driven. The same seed, the same dice. */
export const storeFaults = async ({ seed, deeds, faults }: StoreFaults): Promise<Aftermath & { readonly met: number }> => {
  const roll = rollDice(seed)
  const escaped: string[] = []
  const escape = (error: unknown): void =>
    void escaped.push(`nobody caught ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  process.on('unhandledRejection', escape).on('uncaughtException', escape)
  const double = await startDouble()
  const field = await createField({ retry: 10 })
  const clients = clientsOf(field)
  let service: Awaited<ReturnType<typeof startService>> | undefined
  try {
    service = await startService({ ...field.env('one', double.url), LOG_LEVEL: 'fatal' })
    field.instances.push(service.url)
    const ofServer = Math.floor(faults / 10)
    // Met long before the end, so that the number is reached; about five calls of the store a deed.
    double.faults.random({ seed, share: Math.min(0.5, (1.3 * faults) / (5 * deeds)), faults: kinds, atMost: faults - ofServer })
    const moments = new Map<number, number>()
    while (moments.size < ofServer) moments.set(1 + Math.floor(roll() * 0.9 * deeds), roll())
    let struck = 0
    let strikes = Promise.resolve()
    const asked = await runLoad(field, clients, {
      seed,
      deeds,
      before: (index) => {
        const moment = moments.get(index)
        if (moment === undefined) return
        struck += 1
        const strike = wholeServer[Math.floor(moment * wholeServer.length)]!
        strikes = strikes.then(() => strike(double, roll()))
      },
    })
    await strikes
    const met = double.faults.met.length + struck
    double.faults.clear()
    const aftermath = await aftermathOf(field, clients, asked, { eventStoreUrl: double.url })
    return {
      violations: [...aftermath.violations, ...escaped],
      figures: { ...aftermath.figures, 'faults met': met, 'escaped errors': escaped.length },
      met,
    }
  } finally {
    await service?.stop()
    await field.close()
    await double.close()
    process.off('unhandledRejection', escape).off('uncaughtException', escape)
  }
}
