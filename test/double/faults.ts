import { setTimeout as delay } from 'node:timers/promises'
import type { Dice } from './dice.js'
import { rollDice } from './dice.js'

/** What the double does to one call. */
export type FaultKind =
  | 'drop-before' // the connection is cut, nothing was committed
  | 'drop-after' // committed, then the connection is cut instead of an answer
  | 'late' // waits, then goes on as ever
  | 'late-answer' // committed, then waits with the answer
  | 'not-leader' // names the leader; nothing was committed
  | 'unavailable' // status 14; nothing was committed
  | 'cancelled' // status 1; nothing was committed
  | 'deadline' // status 4; nothing was committed
  | 'timeout-after' // committed, but the server gave up waiting for its replicas: status 10
  | 'denied' // no permission
  | 'operation-failed' // of projections: the server was busy with another one
  | 'slow' // a pause before each event of a read
  | 'break' // a read or a subscription is cut in the middle

export type Operation = 'append' | 'delete' | 'read' | 'subscribe' | 'features' | 'gossip' | 'projections'

export interface Fault {
  readonly kind: FaultKind
  /** Left out: any. */
  readonly on?: Operation
  /** Milliseconds, for `late`, `late-answer` and `slow`. Default 50. */
  readonly ms?: number
  /** Events that pass before a `break`. Default 1. */
  readonly after?: number
}

export interface RandomFaults {
  readonly seed: number
  /** Which share of the calls meets a fault, 0 to 1. */
  readonly share: number
  readonly faults: readonly Fault[]
  /** No more than this many. */
  readonly atMost?: number
}

export interface Faults {
  /** The next `times` calls of that operation meet it; several are met in the order in which they were asked for. */
  next(fault: Fault, times?: number): void
  /** Every call of that operation meets it, until `clear`. */
  always(fault: Fault): void
  /** Strikes by dice: the same seed and the same order of calls, the same faults. */
  random(plan: RandomFaults): void
  clear(): void
  /** What has been done so far. */
  readonly met: readonly (Fault & { readonly on: Operation })[]
}

/** The double's side of it: asked once for each call. */
export interface FaultPlan extends Faults {
  take(operation: Operation): Fault | undefined
}

export const createFaults = (): FaultPlan => {
  let planned: { fault: Fault; left: number }[] = []
  let dice: { roll: Dice; plan: RandomFaults; left: number } | undefined
  const met: (Fault & { on: Operation })[] = []

  const pick = (operation: Operation): Fault | undefined => {
    const index = planned.findIndex(({ fault }) => fault.on === undefined || fault.on === operation)
    const found = planned[index]
    if (found) {
      found.left -= 1
      if (found.left <= 0) planned.splice(index, 1)
      return found.fault
    }
    if (!dice || dice.left <= 0 || dice.roll() >= dice.plan.share) return undefined
    const fitting = dice.plan.faults.filter(({ on }) => on === undefined || on === operation)
    const fault = fitting[Math.floor(dice.roll() * fitting.length)]
    if (fault) dice.left -= 1
    return fault
  }

  return {
    met,
    next: (fault, times = 1) => void planned.push({ fault, left: times }),
    always: (fault) => void planned.push({ fault, left: Infinity }),
    random: (plan) => {
      dice = { roll: rollDice(plan.seed), plan, left: plan.atMost ?? Infinity }
    },
    clear: () => {
      planned = []
      dice = undefined
    },
    take: (operation) => {
      const fault = pick(operation)
      if (fault) met.push({ ...fault, on: operation })
      return fault
    },
  }
}

export const wait = async ({ ms = 50 }: Fault): Promise<void> => void (await delay(ms))
