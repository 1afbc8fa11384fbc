import { TokenBucket } from 'limiter'

/** What came of waiting for a place: `late` = others went first for too long, `cut` = nobody waits any longer. */
export type Taken = 'go' | 'late' | 'cut'

/** A place in the queue of one vendor API; good for one call. */
export interface Permit {
  /** Waits until the call may be made. */
  readonly take: () => Promise<Taken>
  /** Gives the place back where no call was made; nothing after `take`. */
  readonly release: () => void
}

/** A place, or after how many milliseconds there may be one. */
export type Reserved = { readonly permit: Permit } | { readonly permit?: undefined; readonly retryAfterMs: number }

export interface RateLimiter {
  /** @param background lets all others go first, and gives up after the longest wait. */
  readonly reserve: (background: boolean) => Reserved
  /** Calls that wait for their turn. */
  readonly waiting: () => number
}

/**
 * What leaves at even intervals does not arrive so: a second is taken for a little longer than it is, so that the vendor
 * too sees no second with more calls than the figure.
 */
const secondMs = 1050
/** So many places at most are open at once after a rest: a twentieth of the figure. */
const burstShare = 20

/**
 * Lets so many calls through a second, evenly, never more of them within any second, and keeps the others in a queue that
 * is never longer than `longestWaitMs`. Time is taken from the monotonic clock.
 * @param cutOff once aborted, nobody waits any longer.
 */
export const createRateLimiter = (perSecond: number, longestWaitMs: number, cutOff: AbortSignal): RateLimiter => {
  const burst = Math.max(1, Math.floor(perSecond / burstShare))
  const bucket = new TokenBucket({ bucketSize: burst, tokensPerInterval: perSecond - burst + 1, interval: secondMs })
  bucket.content = burst
  const msPerCall = bucket.interval / bucket.tokensPerInterval
  const lines = { foreground: new Set<(taken: Taken) => void>(), background: new Set<(taken: Taken) => void>() }
  const reserved = { foreground: 0, background: 0 }
  let timer: NodeJS.Timeout | undefined

  const ahead = (background: boolean): number => {
    const foreground = lines.foreground.size + reserved.foreground
    return background ? foreground + lines.background.size + reserved.background : foreground
  }
  const serve = (): void => {
    clearTimeout(timer)
    timer = undefined
    for (const line of [lines.foreground, lines.background])
      for (const go of line) {
        if (!bucket.tryRemoveTokens(1)) {
          timer = setTimeout(serve, bucket.getWaitTime(1))
          return
        }
        line.delete(go)
        go('go')
      }
  }
  cutOff.addEventListener('abort', () => {
    clearTimeout(timer)
    for (const line of Object.values(lines)) for (const go of line) go('cut')
    for (const line of Object.values(lines)) line.clear()
  })
  const wait = (line: Set<(taken: Taken) => void>, patienceMs?: number): Promise<Taken> =>
    new Promise((resolve) => {
      if (cutOff.aborted) return resolve('cut')
      const late = patienceMs === undefined ? undefined : setTimeout(() => line.delete(go) && resolve('late'), patienceMs)
      const go = (taken: Taken): void => {
        clearTimeout(late)
        resolve(taken)
      }
      line.add(go)
      if (!timer) serve()
    })

  return {
    reserve: (background) => {
      bucket.drip()
      const waitMs = Math.max(0, (ahead(background) + 1 - bucket.content) * msPerCall)
      if (waitMs > longestWaitMs) return { retryAfterMs: waitMs }
      const line = background ? 'background' : 'foreground'
      let held = true
      const release = (): void => {
        if (held) reserved[line] -= 1
        held = false
      }
      reserved[line] += 1
      return {
        permit: {
          release,
          take: () => {
            release()
            return wait(lines[line], background ? longestWaitMs : undefined)
          },
        },
      }
    },
    waiting: () => lines.foreground.size + lines.background.size,
  }
}
