import { aftermathOf, type Aftermath } from './aftermath.js'
import { clientsOf, type Asked, type Clients } from './clients.js'
import { createField, type Field } from './field.js'
import { runLoad } from './load.js'
import { spawnInstance, type Spawned } from './spawned.js'

export interface Instances {
  /** Where the program was built. */
  readonly build: string
  readonly eventStoreUrl: string
}

/** Two processes of the service on one store, and clients who take turns with them. */
export const withTwoInstances = async <T>(
  { build, eventStoreUrl }: Instances,
  use: (field: Field, clients: Clients, instances: readonly [Spawned, Spawned]) => Promise<T>,
): Promise<T> => {
  const field = await createField()
  const started: Spawned[] = []
  const start = async (name: string): Promise<Spawned> => {
    const instance = await spawnInstance(field, build, name, eventStoreUrl)
    started.push(instance)
    return instance
  }
  try {
    return await use(field, clientsOf(field), [await start('one'), await start('two')])
  } finally {
    for (const { program } of started) program.kill('SIGKILL')
    await Promise.all(started.map(({ program }) => program.ended))
    await field.close()
  }
}

/** One is killed in the middle of the load. What it had begun is for the other to end. */
export const oneOfTwoKilled = ({ eventStoreUrl, seed, deeds, ...where }: Instances & { seed: number; deeds: number }): Promise<Aftermath> =>
  withTwoInstances({ eventStoreUrl, ...where }, async (field, clients, [left, killed]) => {
    let kill = Promise.resolve()
    const asked = await runLoad(field, clients, {
      seed,
      deeds,
      before: (index) => void (index === Math.floor(deeds / 2) && (kill = killed.kill())),
    })
    await kill
    const { violations, figures } = await aftermathOf(field, clients, asked, { eventStoreUrl })
    return { violations: [...violations, ...left.complaints()], figures }
  })

/** Each key goes to both at the same moment, also the one of a destroy. @returns what is wrong */
export const sameKeyToBoth = ({ eventStoreUrl, keys, ...where }: Instances & { keys: number }): Promise<readonly string[]> =>
  withTwoInstances({ eventStoreUrl, ...where }, async (field, clients, instances) => {
    const both = async (key: string, kind: Asked['kind'], roomId: string, body: object): Promise<Asked[]> => {
      const one = (): Asked => ({ key, kind, roomId, body, sentAt: performance.now(), statuses: [] })
      return Promise.all(instances.map(({ url }) => clients.command(one(), 0, () => url)))
    }
    const asked: Asked[] = []
    const differing: string[] = []
    const twice = async (...command: Parameters<typeof both>): Promise<void> => {
      const [first, second] = await both(...command)
      asked.push(first!)
      if (first!.operationId !== second!.operationId) differing.push(`key ${command[0]} became two operations`)
    }
    await Promise.all(
      Array.from({ length: keys }, async (_, index) => {
        const roomId = `${field.run}-k${index}`
        await twice(`${roomId}-create`, 'create-room', roomId, { roomId, seatTemplate: 'Karaoke', owner: 'anna' })
        await twice(`${roomId}-owner`, 'change-owner', roomId, { newOwner: 'ben' })
        await twice(`${roomId}-destroy`, 'destroy-room', roomId, {})
      }),
    )
    const { violations } = await aftermathOf(field, clients, asked, { eventStoreUrl })
    return [...differing, ...violations, ...instances.flatMap((instance) => instance.complaints())]
  })
