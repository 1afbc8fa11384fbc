import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { rollDice } from '../../double/dice.js'
import { serve } from '../program.js'
import { readLogOf } from '../test-store.js'
import { aftermathOf, truthOf, type Aftermath } from './aftermath.js'
import { clientsOf, type Asked, type Clients } from './clients.js'
import { inequalities, settledInequalities, watchDeliveries } from './equal-rooms.js'
import { errorsIn } from './errors-in.js'
import { createField, type Field } from './field.js'
import { runLoad } from './load.js'
import { spawnInstance, type Spawned } from './spawned.js'

export interface Crash {
  readonly build: string
  readonly seed: number
  readonly kills: number
  /** Longest time that the service runs before it is killed, in milliseconds. */
  readonly livesMs: number
}

/** Kills the service so many times at random moments of its life, one in five of its start, under mixed load and a bad line to the vendor. */
export const crash = async ({ build, seed, kills, livesMs }: Crash): Promise<Aftermath> => {
  const roll = rollDice(seed)
  const field = await createField()
  const clients = clientsOf(field)
  const deliveries = watchDeliveries(field.sandbox)
  const file = join(field.folder, 'room-ledger.db')
  const eventStoreUrl = `sqlite:${file}`
  const faults = (body: object): Promise<unknown> =>
    fetch(`${field.sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify(body) }).then((answer) => answer.text())
  const said: string[] = []
  const started: Spawned[] = []
  let startMs = 1000
  let over = false

  const start = async () => {
    const begun = performance.now()
    const instance = await spawnInstance(field, build, 'one', eventStoreUrl)
    startMs = performance.now() - begun
    started.push(instance)
    return instance
  }
  const killedAtStart = async (): Promise<void> => {
    const program = serve(build, join(field.folder, 'one'), field.env('one', eventStoreUrl))
    await delay(roll() * startMs)
    program.kill('SIGKILL')
    await program.ended
    said.push(program.output())
  }

  try {
    await mkdir(join(field.folder, 'one'), { recursive: true })
    await faults({ seed, callbacks: { drop: 0.1, duplicate: 0.1, shuffle: 0.2 }, rest: { timeout: 0.05, acceptThenTimeout: 0.05 } })
    const before = async (): Promise<boolean> => {
      await delay(150)
      return !over
    }
    const load = runLoad(field, clients, { seed, deeds: Infinity, before, keyless: 0.3, reuse: 0.3 })
    try {
      for (let kill = 0; kill < kills; kill += 1) {
        if (kill % 5 === 4) {
          await killedAtStart()
          continue
        }
        const instance = await start()
        await delay(roll() * livesMs)
        await instance.kill()
        said.push(instance.program.output())
      }
    } finally {
      over = true
    }
    const last = await start()
    const asked = await load
    await faults({})
    const { violations, figures } = await aftermathOf(field, clients, asked, { eventStoreUrl, reconcileAll: true })
    return {
      violations: [
        ...violations,
        ...(await sentAgain(field, clients, asked, eventStoreUrl)),
        ...(await unequalRooms(field, clients, deliveries.ofRooms())),
        ...said.flatMap(errorsIn),
        ...errorsIn(last.program.output()),
        ...last.complaints(),
      ],
      figures: {
        kills,
        ...figures,
        'without a key': asked.filter(({ key }) => key === null).length,
        'callbacks of the sandbox': deliveries.all().length,
        'of them dropped': deliveries.all().filter(({ status }) => status === 'dropped').length,
        'of them lost to a kill': deliveries.all().filter(({ status }) => status === 'failed').length,
      },
    }
  } finally {
    over = true
    deliveries.stop()
    for (const { program } of started) program.kill('SIGKILL')
    await Promise.all(started.map(({ program }) => program.ended))
    await field.close()
  }
}

/** Every key once more: the same operation, and neither a call of the vendor nor a line in the log. */
const sentAgain = async (field: Field, clients: Clients, asked: readonly Asked[], eventStoreUrl: string): Promise<string[]> => {
  const writes = (): number => field.vendorCalls.exchanges.filter(({ path }) => !path.includes('/get_')).length
  const state = async (): Promise<string> => `${writes()} calls, ${(await readLogOf(eventStoreUrl, 'room-')).length} events`
  const before = await state()
  const wrong: string[] = []
  const keyed = asked.filter(({ key }) => key !== null)
  const lane = async (): Promise<void> => {
    for (let one = keyed.pop(); one; one = keyed.pop()) {
      const { key, kind, roomId, body, operationId: first } = one
      const { operationId: again, statuses } = await clients.command({ key, kind, roomId, body, sentAt: performance.now(), statuses: [] })
      if (again !== first) wrong.push(`key ${key} was operation ${first}, and is ${again} (${statuses.join()})`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, lane))
  const after = await state()
  return before === after ? wrong : [...wrong, `keys sent again made ${before} into ${after}`]
}

const unequalRooms = async (
  field: Field,
  { get }: Clients,
  deliveries: ReturnType<ReturnType<typeof watchDeliveries>['ofRooms']>,
): Promise<string[]> => {
  const found: string[] = []
  for (const [roomId, room] of await truthOf(field)) {
    const compare = async () => inequalities((await get(`/v1/rooms/${roomId}`)).body, room, deliveries.get(roomId) ?? [])
    found.push(...(await settledInequalities(compare, 5000)).map((what) => `${roomId}: ${what}`))
  }
  return found
}
