/** Callers that wait for a position to be reached. */
export const createWaiters = () => {
  const waiting = new Set<{ readonly wanted: bigint; readonly end: (inTime: boolean) => void }>()
  let over = false
  return {
    /** Resolves `true` when it is reached, `false` after the time, or at once when nothing will be reached any more. */
    wait: (wanted: bigint, timeoutMs: number): Promise<boolean> =>
      new Promise((resolve) => {
        if (over) return resolve(false)
        const waiter = {
          wanted,
          end: (inTime: boolean): void => {
            clearTimeout(timer)
            waiting.delete(waiter)
            resolve(inTime)
          },
        }
        const timer = setTimeout(() => waiter.end(false), timeoutMs)
        waiting.add(waiter)
      }),
    reached: (position: bigint): void => {
      for (const waiter of waiting) if (waiter.wanted <= position) waiter.end(true)
    },
    /** Nothing will be reached any more: nobody is to wait for it, now or later. */
    giveUp: (): void => {
      over = true
      for (const waiter of waiting) waiter.end(false)
    },
  }
}
