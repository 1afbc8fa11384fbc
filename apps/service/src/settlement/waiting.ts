/**
 * When waits end, on the clock that never jumps (`performance.now()`). What is written down tells when a wait began, on a clock
 * that may have been set since, by seconds or hours: nothing waits longer than its time from when this process first saw it.
 */
export const createWaiting = () => {
  const seen = new Map<string, { readonly what: string; readonly at: number }>()
  return {
    /**
     * @param key of what waits
     * @param what tells one of its waits from the next
     * @param since Unix milliseconds
     * @param due Unix milliseconds
     */
    endOf: (key: string, what: string, since: number, due: number): number => {
      const now = performance.now()
      const known = seen.get(key)
      const first = known?.what === what ? known.at : now
      if (first === now) seen.set(key, { what, at: now })
      return Math.min(now + due - Date.now(), first + due - since)
    },
    keepOnly: (wanted: (key: string) => boolean): void => {
      for (const key of seen.keys()) if (!wanted(key)) seen.delete(key)
    },
  }
}
