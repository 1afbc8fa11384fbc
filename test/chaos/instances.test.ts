import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneOfTwoKilled, sameKeyToBoth } from '../support/chaos/two-instances.js'
import { buildProgram } from '../support/program.js'
import { openTestStore, type TestStore } from '../support/test-store.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

describe(`two instances of the service on one store (CHAOS_SEED=${seed})`, () => {
  let build: string
  let store: TestStore
  beforeAll(async () => {
    build = await buildProgram()
    store = await openTestStore(build)
  }, 120_000)
  afterAll(async () => {
    await store?.close()
    await rm(build, { recursive: true, force: true })
  })

  it('given load on both, when one is killed, then the other ends every operation, and nothing is lost or done twice', async () => {
    const { violations, figures } = await oneOfTwoKilled({ build, eventStoreUrl: store.url, seed, deeds: 300 })
    console.log(`two instances, CHAOS_SEED=${seed}:`, figures)
    expect(violations).toEqual([])
    expect(figures['lines cut']).toBeGreaterThan(0)
  }, 120_000)

  it('given the same key, when both get it at once, then it is one operation and one call of the vendor', async () => {
    expect(await sameKeyToBoth({ build, eventStoreUrl: store.url, keys: 30 })).toEqual([])
  }, 120_000)
})
