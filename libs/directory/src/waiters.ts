/** Callers that wait for a position to be reached. */
export const createWaiters = () => {
  const waiting = new Set<{ readonly wanted: bigint; readonly end: (inTime: boolean) => void }>()
  return {
    /** Resolves `true` when it is reached, `false` after the time. */
    wait: (wanted: bigint, timeoutMs: number): Promise<boolean> =>
      new Promise((resolve) => {
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
    giveUp: (): void => {
      for (const waiter of waiting) waiter.end(false)
    },
  }
}
