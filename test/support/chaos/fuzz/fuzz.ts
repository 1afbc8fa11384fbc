import { setTimeout as delay } from 'node:timers/promises'
import { join } from 'node:path'
import { rollDice } from '../../../double/dice.js'
import { readLogOf } from '../../test-store.js'
import { errorsIn } from '../errors-in.js'
import { createField } from '../field.js'
import { spawnInstance } from '../spawned.js'
import { fuzzedCallback } from './callbacks.js'
import { createEvidence } from './evidence.js'
import { chooser, junkValues } from './junk.js'
import { createRawClient } from './raw-http.js'
import { fuzzedRequest } from './requests.js'
import { inspected, restingMemory, saidByInspector } from './resting-memory.js'

export interface Fuzz {
  readonly build: string
  readonly seed: number
  readonly requests: number
  /** After so many of them the memory is measured for the first time. */
  readonly warmUp: number
  /** How long the service is left alone before each measurement, in milliseconds. */
  readonly quietMs: number
}

export interface FuzzResult {
  readonly violations: readonly string[]
  readonly figures: Readonly<Record<string, number | string>>
  /** By how much the memory at rest grew after the warm-up, in megabytes. */
  readonly grownMb: number
}

/** Kept-open connections at a time. */
const lines = 12

const roomIds = [
  ...Array.from({ length: 40 }, (_, index) => `fuzz-${index}`),
  '__proto__',
  'constructor',
  '..',
  '%2e',
  'a/b?c#d',
  ' ',
  '名 "x"',
  "'; DROP TABLE events; --",
  '=cmd()',
  '\u202e',
  '144115216631667826',
  'x'.repeat(48),
]

/** Sends so many generated callbacks and API requests, most of them spoilt, over kept connections to the built program. */
export const fuzz = async ({ build, seed, requests, warmUp, quietMs }: Fuzz): Promise<FuzzResult> => {
  const field = await createField()
  const eventStoreUrl = `sqlite:${join(field.folder, 'room-ledger.db')}`
  const instance = await spawnInstance(field, build, 'one', eventStoreUrl, { ...inspected, LIVE_TIMEOUT_MS: '5000' }).catch(
    async (error: unknown) => {
      await field.close()
      throw error
    },
  )
  const { hostname, port } = new URL(instance.url)
  const clients = Array.from({ length: lines }, () => createRawClient(hostname, Number(port)))
  const choose = chooser(rollDice(seed))
  const junk = junkValues(seed)
  const evidence = createEvidence([field.secret])
  let sent = 0

  const run = (until: number): Promise<unknown> =>
    Promise.all(
      clients.map(async (client) => {
        while (sent < until && !instance.program.hasEnded()) {
          sent += 1
          const request = choose.chance(0.5)
            ? fuzzedCallback(choose, junk, roomIds)
            : fuzzedRequest(choose, junk, roomIds, `Bearer ${field.secret}`)
          evidence.take(request, await client.send(request))
        }
      }),
    )

  try {
    const begun = performance.now()
    await run(warmUp)
    const warm = performance.now()
    const before = await restingMemory(instance.program, quietMs)
    const again = performance.now()
    await run(requests)
    const seconds = (performance.now() - again + warm - begun) / 1000
    const after = await restingMemory(instance.program, quietMs)
    await field.sandbox.idle()
    // What was begun for the last ones is ended, or at least let go of.
    await delay(500)
    const endedEarly = instance.program.hasEnded()
    const stderr = instance.program.stderr().replace(saidByInspector, '')
    clients.forEach((client) => client.close())
    instance.program.kill('SIGTERM')
    const { code, signal } = await instance.program.ended
    const log = await readLogOf(eventStoreUrl, '')
    return {
      violations: [
        ...(endedEarly ? ['the service ended by itself'] : []),
        ...(stderr === '' ? [] : [`the service wrote on standard error: ${stderr.slice(0, 2000)}`]),
        ...(code === 0 ? [] : [`the service ended with ${code ?? signal}: ${instance.program.output().slice(-1000)}`]),
        ...errorsIn(instance.program.stdout()),
        ...evidence.violations(log, field.callbacks.exchanges),
      ],
      figures: { requests: sent, 'a second': Math.round(sent / seconds), 'MB at rest': `${before} → ${after}`, ...evidence.figures(log) },
      grownMb: after - before,
    }
  } finally {
    clients.forEach((client) => client.close())
    instance.program.kill('SIGKILL')
    await instance.program.ended
    await field.close()
  }
}
