import { createDice } from '../dice.js'

/** What goes wrong on purpose. Everything but `delayMs`, `retry` and the code is a probability from 0 to 1. */
export interface FaultSettings {
  readonly seed: number
  readonly callbacks: {
    /** The callback is never sent. */
    readonly drop: number
    /** It is sent twice. */
    readonly duplicate: number
    /** Every callback leaves this many ms late, in order. */
    readonly delayMs: number
    /** It is held back half a second, overtaken by what follows, and mixed with others of its room that are held. */
    readonly shuffle: number
    /** How often a callback that failed is sent again; the vendor's default is never. */
    readonly retry: number
  }
  readonly rest: {
    /** The call is refused with this code, nothing done. */
    readonly failWith: { readonly code: number; readonly probability: number } | null
    /** No answer, nothing done. */
    readonly timeout: number
    /** Done, and no answer. Reads are spared: they accept nothing. */
    readonly acceptThenTimeout: number
    /** A gateway's 502 with HTML, nothing done. */
    readonly http502: number
    /** Only these commands suffer; null = all of `live_engine_http_srv`. */
    readonly commands: readonly string[] | null
  }
}

export const noFaults: FaultSettings = {
  seed: 1,
  callbacks: { drop: 0, duplicate: 0, delayMs: 0, shuffle: 0, retry: 0 },
  rest: { failWith: null, timeout: 0, acceptThenTimeout: 0, http502: 0, commands: null },
}

export type RestFault = { kind: 'none' | 'timeout' | 'acceptThenTimeout' | 'http502' } | { kind: 'failWith'; code: number }

export interface Faults {
  settings(): FaultSettings
  /** Puts others in place and starts the dice anew. */
  replace(settings: FaultSettings): void
  forCallback(roomId: string): { drop: boolean; duplicate: boolean; shuffle: boolean }
  forCall(command: string, roomId: string, writes: boolean): RestFault
  /** A random order for what was held back; never the old one if there are two or more. */
  mix<Item>(items: readonly Item[], roomId: string): Item[]
}

export function createFaults(initial: FaultSettings = noFaults): Faults {
  let present = initial
  let dice = createDice(present.seed)
  return {
    settings: () => present,
    replace(settings) {
      present = settings
      dice = createDice(settings.seed)
    },
    // All dice are cast each time, so that setting one fault does not change whom another one hits.
    forCallback(roomId) {
      const [drop, duplicate, shuffle] = [dice.roll(`callback:${roomId}`), dice.roll(`callback:${roomId}`), dice.roll(`callback:${roomId}`)]
      const { callbacks } = present
      return { drop: drop < callbacks.drop, duplicate: duplicate < callbacks.duplicate, shuffle: shuffle < callbacks.shuffle }
    },
    forCall(command, roomId, writes) {
      const stream = `call:${command}:${roomId}`
      const [bad, refused, silent, lost] = [dice.roll(stream), dice.roll(stream), dice.roll(stream), dice.roll(stream)]
      const { rest } = present
      if (rest.commands && !rest.commands.includes(command)) return { kind: 'none' }
      if (bad < rest.http502) return { kind: 'http502' }
      if (silent < rest.timeout) return { kind: 'timeout' }
      if (rest.failWith && refused < rest.failWith.probability) return { kind: 'failWith', code: rest.failWith.code }
      if (writes && lost < rest.acceptThenTimeout) return { kind: 'acceptThenTimeout' }
      return { kind: 'none' }
    },
    mix(items, roomId) {
      const mixed = items
        .map((item) => ({ item, order: dice.roll(`mix:${roomId}`) }))
        .toSorted((a, b) => a.order - b.order)
        .map(({ item }) => item)
      const [first, ...others] = mixed
      return first !== undefined && mixed.every((item, index) => item === items[index]) ? [...others, first] : mixed
    },
  }
}
