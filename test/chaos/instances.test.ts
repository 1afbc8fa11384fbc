import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { oneOfTwoKilled, sameKeyToBoth } from '../support/chaos/two-instances.js'
import { buildProgram } from '../support/program.js'
import { realServer } from '../support/test-store.js'
import { startDouble, type Double } from '../double/index.js'

const seed = Number(process.env['CHAOS_SEED'] ?? Date.now() % 1_000_000)

describe(`two instances of the service on one store (CHAOS_SEED=${seed})`, () => {
  let build: string
  let double: Double | undefined
  let eventStoreUrl: string
  beforeAll(async () => {
    build = await buildProgram()
    if (realServer === undefined) double = await startDouble()
    eventStoreUrl = realServer ?? double!.url
  }, 120_000)
  afterAll(async () => {
    await double?.close()
    await rm(build, { recursive: true, force: true })
  })

  it('given load on both, when one is killed, then the other ends every operation, and nothing is lost or done twice', async () => {
    const { violations, figures } = await oneOfTwoKilled({ build, eventStoreUrl, seed, deeds: 300 })
    console.log(`two instances, CHAOS_SEED=${seed}:`, figures)
    expect(violations).toEqual([])
    expect(figures['lines cut']).toBeGreaterThan(0)
  }, 120_000)

  it('given the same key, when both get it at once, then it is one operation and one call of the vendor', async () => {
    expect(await sameKeyToBoth({ build, eventStoreUrl, keys: 30 })).toEqual([])
  }, 120_000)
})
