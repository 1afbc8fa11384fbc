import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDouble } from '../double/index.js'
import { stepsIn } from '../support/steps.js'
import { createWorld, eventually, type World } from '../support/world.js'

describe('how far the projections and the search index are, in the metrics', () => {
  let world: World
  beforeAll(async () => void (world = await createWorld()))
  afterAll(() => world.close())
  const metrics = async () => (await world.anonymous.get('/metrics').expect(200)).text
  const samples = (text: string) => text.match(/^room_ledger_(projection|directory)_.*$/gm) ?? []

  it('given a room, when all is read, then no lag, all run, and the help names the units', async () => {
    await stepsIn(world).create('measured').set('Prefer', 'wait=10').expect(200)
    const text = await eventually(metrics, (found) => {
      const shown = samples(found)
      return shown.length === 5 && shown.every((line) => / (0|1)$/.test(line)) && shown.filter((line) => line.endsWith(' 0')).length === 3
    })
    expect(samples(text).toSorted()).toEqual([
      'room_ledger_directory_lag 0',
      'room_ledger_projection_lag{projection="owner-trail"} 0',
      'room_ledger_projection_lag{projection="room-history"} 0',
      'room_ledger_projection_running{projection="owner-trail"} 1',
      'room_ledger_projection_running{projection="room-history"} 1',
    ])
    expect(text).toMatch(/^# HELP room_ledger_projection_lag Events/m)
    expect(text).toMatch(/^# HELP room_ledger_directory_lag .*(in events|in bytes of the log);/m)
  })
})

it('given a server that is away, when somebody looks, then the rest is told, soon; given it is back, then all again', async () => {
  const double = await startDouble()
  const world = await createWorld({ EVENT_STORE_URL: double.url })
  const scrape = async () => (await world.anonymous.get('/metrics').expect(200)).text
  await eventually(scrape, (text) => /^room_ledger_projection_lag\{/m.test(text))
  await double.stop()
  const began = performance.now()
  const text = await scrape()
  expect(performance.now() - began).toBeLessThan(4_000)
  expect(text).not.toMatch(/^room_ledger_projection_lag\{/m)
  expect(text).toContain('process_cpu_seconds_total')
  await double.start()
  await eventually(scrape, (back) => /^room_ledger_projection_running\{projection="owner-trail"\} 1$/m.test(back))
  await world.close()
  await double.close()
}, 60_000)
