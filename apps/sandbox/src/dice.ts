import { createHash } from 'node:crypto'

/** A source of numbers in [0, 1) that repeats for the same seed. */
export interface Dice {
  /**
   * The next number of a named stream. Each stream runs by itself: what befalls one room does not depend on how the requests
   * for other rooms happened to interleave, so a run repeats even when it is a concurrent one.
   */
  roll(stream: string): number
}

/** mulberry32 over 32 bits of state, one per stream; plenty for choosing which callback to lose. */
export function createDice(seed: number): Dice {
  const states = new Map<string, number>()
  return {
    roll(stream) {
      const state = ((states.get(stream) ?? start(seed, stream)) + 0x6d2b79f5) | 0
      states.set(stream, state)
      let t = Math.imul(state ^ (state >>> 15), 1 | state)
      t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296
    },
  }
}

function start(seed: number, stream: string): number {
  return createHash('sha256').update(`${seed}:${stream}`).digest().readInt32LE(0)
}
