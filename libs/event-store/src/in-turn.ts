export interface Turns {
  /** Runs `work` after everything that was asked for before under the same key; other keys do not wait for it. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T>
  /** How many keys have work that waits or runs. An idle key takes no memory. */
  readonly busy: number
}

/** Serialises work per key. A failure is its caller's alone: the next in line runs all the same. */
export const createTurns = (): Turns => {
  const last = new Map<string, Promise<unknown>>()
  return {
    inTurn: (key, work) => {
      const before = last.get(key)
      const mine = before ? before.then(work, work) : work()
      last.set(key, mine)
      const leave = () => {
        if (last.get(key) === mine) last.delete(key)
      }
      mine.then(leave, leave)
      return mine
    },
    get busy() {
      return last.size
    },
  }
}
