import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Projections, ProjectionStatus } from '#projections'
import { createReviver } from '../src/operating/revive-projections.js'

const statusOf = (status: ProjectionStatus['status']): ProjectionStatus => ({
  name: 'room-history',
  status,
  stateReason: status === 'Faulted' ? 'took too long' : null,
  position: 0n,
  head: 0n,
  caughtUp: status === 'Running',
  epoch: 1,
  version: 1,
  eventsProcessed: 0,
})

/** Faults again so many times after it was enabled. */
const faultingProjections = (times: number) => {
  let left = times
  const enabled: string[] = []
  const projections = {
    status: async () => [statusOf(left > 0 ? 'Faulted' : 'Running')],
    enable: async (name: string) => {
      enabled.push(name)
      left -= 1
    },
  } as unknown as Projections
  return { projections, enabled }
}

describe('a projection that faulted', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('given one fault, when some time goes by, then it runs again, was enabled once, and the log names the reason', async () => {
    const { projections, enabled } = faultingProjections(1)
    const lines: string[] = []
    const reviver = createReviver({ projections, log: (level, message) => lines.push(`${level}: ${message}`), everyMs: 1_000 })
    reviver.start()
    await vi.advanceTimersByTimeAsync(60_000)
    await reviver.stop()
    expect(enabled).toEqual(['room-history'])
    expect(lines).toEqual(['error: projection room-history is faulted and is enabled again: took too long'])
  })

  it('given one that faults on and on, then it is tried ever less often', async () => {
    const { projections, enabled } = faultingProjections(Infinity)
    const reviver = createReviver({ projections, log: () => undefined, everyMs: 1_000 })
    reviver.start()
    await vi.advanceTimersByTimeAsync(10_000)
    const soon = enabled.length
    await vi.advanceTimersByTimeAsync(3_600_000)
    await reviver.stop()
    expect(soon).toBeGreaterThan(2)
    // Once in five minutes at the end.
    expect(enabled.length - soon).toBeLessThan(25)
    expect(enabled.length - soon).toBeGreaterThan(10)
  })

  it('given a server that does not answer, then the next look comes all the same', async () => {
    let asked = 0
    const projections = {
      status: async () => {
        asked += 1
        throw new Error('away')
      },
    } as unknown as Projections
    const reviver = createReviver({ projections, log: () => undefined, everyMs: 1_000 })
    reviver.start()
    await vi.advanceTimersByTimeAsync(5_000)
    await reviver.stop()
    expect(asked).toBe(5)
  })
})
