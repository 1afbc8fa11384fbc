import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRateLimiter, type Taken } from '../src/client/rate-limiter.js'

const longestWaitMs = 2000
const never = new AbortController().signal

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Callers who come at their times (milliseconds), and when each was let through, turned away or gave up. */
const drive = async (perSecond: number, callers: readonly { readonly at: number; readonly background: boolean }[]) => {
  const limiter = createRateLimiter(perSecond, longestWaitMs, never)
  const began = performance.now()
  const went: { readonly at: number; readonly background: boolean; readonly waited: number }[] = []
  const ends: Promise<Taken | 'refused'>[] = []
  for (const { at, background } of callers.toSorted((a, b) => a.at - b.at)) {
    await vi.advanceTimersByTimeAsync(at - (performance.now() - began))
    const came = performance.now() - began
    const { permit } = limiter.reserve(background)
    ends.push(
      permit
        ? permit.take().then((taken) => {
            const now = performance.now() - began
            if (taken === 'go') went.push({ at: now, background, waited: now - came })
            return taken
          })
        : Promise.resolve('refused'),
    )
  }
  await vi.advanceTimersByTimeAsync(10_000)
  return { went, ends: await Promise.all(ends), waiting: limiter.waiting() }
}
const mostInASecond = (times: readonly number[]): number =>
  Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + 1000).length))

describe('the rate of calls', () => {
  it('is never higher than the figure within any second, and nobody waits for ever', async () => {
    const caller = fc.record({ at: fc.nat(5000), background: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(caller, { maxLength: 300 }), async (perSecond, callers) => {
        const { went, ends, waiting } = await drive(perSecond, callers)
        expect(mostInASecond(went.map(({ at }) => at))).toBeLessThanOrEqual(perSecond)
        expect(ends).toHaveLength(callers.length)
        expect(waiting).toBe(0)
        for (const { waited } of went) expect(waited).toBeLessThanOrEqual(longestWaitMs + 1)
      }),
      { numRuns: 60 },
    )
  })

  it.each([1, 2, 10, 200, 1000])('comes near the figure where many ask: %i', async (perSecond) => {
    const callers = Array.from({ length: perSecond * 12 }, (_, n) => ({
      at: Math.floor((n * 10_000) / (perSecond * 12)),
      background: false,
    }))
    const { went } = await drive(perSecond, callers)
    expect(went.filter(({ at }) => at < 10_000).length).toBeGreaterThanOrEqual(Math.floor(perSecond * 10 * 0.9))
  })

  it('is even: no more than a twentieth of it at once', async () => {
    const { went } = await drive(
      200,
      Array.from({ length: 100 }, () => ({ at: 5000, background: false })),
    )
    expect(went.filter(({ at }) => at === 5000)).toHaveLength(10)
    expect(went).toHaveLength(100)
  })

  it('refuses at once what would wait too long, and says when there may be a place', async () => {
    const limiter = createRateLimiter(10, longestWaitMs, never)
    const places = Array.from({ length: 30 }, () => limiter.reserve(false))
    const refused = places.flatMap((place) => (place.permit ? [] : [place.retryAfterMs]))
    expect(refused).toHaveLength(10)
    for (const ms of refused) expect(ms).toBeGreaterThan(longestWaitMs)
    // A place that is given back is the next one's.
    places[0]!.permit!.release()
    places[0]!.permit!.release()
    expect(limiter.reserve(false).permit).toBeDefined()
    expect(limiter.reserve(false).permit).toBeUndefined()
  })

  it('lets the others go before the background, which gives up in the end', async () => {
    const limiter = createRateLimiter(10, longestWaitMs, never)
    const order: string[] = []
    const take = (name: string, background: boolean) =>
      limiter
        .reserve(background)
        .permit!.take()
        .then((taken) => void order.push(`${name} ${taken}`))
    const all = [take('first', true), take('drift', true), take('admin', false), take('again', false)]
    await vi.advanceTimersByTimeAsync(1000)
    await Promise.all(all)
    expect(order).toEqual(['first go', 'admin go', 'again go', 'drift go'])

    for (let n = 0; n < 10; n += 1) void limiter.reserve(false).permit?.take()
    const late = take('late', true)
    for (let n = 0; n < 40; n += 1) {
      void limiter.reserve(false).permit?.take()
      await vi.advanceTimersByTimeAsync(60)
    }
    await late
    expect(order.at(-1)).toBe('late late')
  })

  it('keeps nobody waiting once it is cut off', async () => {
    const cut = new AbortController()
    const limiter = createRateLimiter(1, longestWaitMs, cut.signal)
    const [first, second] = [limiter.reserve(false).permit!.take(), limiter.reserve(false).permit!.take()]
    expect(await first).toBe('go')
    cut.abort()
    expect(await second).toBe('cut')
    expect(await limiter.reserve(false).permit!.take()).toBe('cut')
  })
})
