import Fastify from 'fastify'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import type { Directory } from '#directory'
import type { EventStore } from '#event-store'
import { MetricsController } from '#platform'
import type { Projections, ProjectionStatus } from '#projections'
import { measureProgress } from '../src/health/progress-gauges.js'

const state = (name: string, more: Partial<ProjectionStatus> = {}): ProjectionStatus => ({
  name,
  status: 'Running',
  stateReason: null,
  position: 9n,
  head: 9n,
  caughtUp: true,
  epoch: 1,
  version: 1,
  eventsProcessed: 10,
  ...more,
})

/** What somebody sees who looks at the metrics, and how long that took. */
const scrape = async (status: () => Promise<ProjectionStatus[]>, head: () => Promise<bigint>) => {
  let asked = 0
  measureProgress({
    store: { engine: 'sqlite', head } as unknown as EventStore,
    directory: { status: () => ({ position: 7n, caughtUp: true }) } as unknown as Directory,
    projections: {
      status: () => {
        asked += 1
        return status()
      },
    } as unknown as Projections,
  })
  const app = Fastify()
  app.get('/metrics', () => new MetricsController().metrics())
  await app.ready()
  const began = performance.now()
  const { status: code, text } = await request(app.server).get('/metrics')
  const ms = performance.now() - began
  await app.close()
  expect(code).toBe(200)
  expect(text).toContain('process_cpu_seconds_total')
  return { samples: (text.match(/^room_ledger_.*$/gm) ?? []).toSorted(), ms, asked }
}

describe('progress in the metrics', () => {
  it('given one projection that is behind and one that is faulted, then both are told, out of one question', async () => {
    const states = [state('a', { position: 4n, caughtUp: false }), state('b', { status: 'Faulted' }), state('c', { status: 'Stopped' })]
    const { samples, asked } = await scrape(
      async () => states,
      async () => 12n,
    )
    expect(samples).toEqual([
      'room_ledger_directory_lag 5',
      'room_ledger_projection_lag{projection="a"} 5',
      'room_ledger_projection_lag{projection="b"} 0',
      'room_ledger_projection_lag{projection="c"} 0',
      'room_ledger_projection_running{projection="a"} 1',
      'room_ledger_projection_running{projection="b"} 0',
      'room_ledger_projection_running{projection="c"} 0',
    ])
    expect(asked).toBe(1)
  })

  it.each([
    ['fails', () => Promise.reject(new Error('away'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('given a store that %s, then the rest is told all the same, within two seconds or so', async (_, away) => {
    const { samples, ms } = await scrape(away, away)
    expect(samples).toEqual([])
    expect(ms).toBeLessThan(4_000)
  })
})
