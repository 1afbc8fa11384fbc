const firstRetryMs = 500
const longestRetryMs = 30_000

/** When to try again what came to nothing: after twice the time each time. */
export const createRetries = () => {
  const retries = new Map<string, { readonly at: number; readonly waitMs: number }>()
  return {
    /** On the clock of `performance.now()`, which is never set; undefined for what has not failed. */
    at: (key: string): number | undefined => retries.get(key)?.at,
    /** How long it waits by now, in milliseconds; 0 for what has not failed. */
    waitOf: (key: string): number => retries.get(key)?.waitMs ?? 0,
    failed: (key: string): void => {
      const waitMs = Math.min(longestRetryMs, (retries.get(key)?.waitMs ?? firstRetryMs / 2) * 2)
      retries.set(key, { at: performance.now() + waitMs, waitMs })
    },
    forget: (key: string): void => void retries.delete(key),
    keepOnly: (wanted: (key: string) => boolean): void => {
      for (const key of retries.keys()) if (!wanted(key)) retries.delete(key)
    },
  }
}
