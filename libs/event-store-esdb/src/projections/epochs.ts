import { countEpochs, livingRecords } from './plan.js'
import type { Epochs } from './read-emitted.js'
import type { ProjectionServer } from './server.js'
import { versionOf } from './text.js'

/** Milliseconds after which another instance may have begun a new epoch. */
const trustedFor = 200

export interface Deployed {
  readonly id: number
  readonly epoch: number
  /** How many epochs there were, this one with them. */
  readonly epochs: number
  readonly version: number
}

/** What the server has written down about our projections, asked for again only now and then. */
export interface Deployments extends Epochs {
  /** @returns nothing for one that is not deployed */
  find(name: string): Promise<Deployed | undefined>
  /** Something was changed just now. */
  forget(): void
}

export const createDeployments = (server: ProjectionServer, names: readonly string[]): Deployments => {
  const known = new Map<string, { readonly at: number; readonly deployed: Promise<Deployed | undefined> }>()
  const ids = new Map<string, number>()

  const load = async (name: string): Promise<Deployed | undefined> => {
    const records = await server.records(name)
    const last = livingRecords(records).at(-1)
    const id = ids.get(name) ?? (await server.idOf(name))
    if (!last || id === undefined) return undefined
    ids.set(name, id)
    return { id, epoch: last.epoch, epochs: countEpochs(records), version: versionOf(last.query) }
  }

  const find = (name: string): Promise<Deployed | undefined> => {
    const found = known.get(name)
    if (found && performance.now() - found.at < trustedFor) return found.deployed
    const deployed = load(name)
    known.set(name, { at: performance.now(), deployed })
    deployed.catch(() => known.delete(name))
    return deployed
  }

  return {
    find,
    forget: () => {
      known.clear()
      ids.clear()
    },
    of: async (projectionId) => {
      const all = await Promise.all(names.map(find))
      return all.find((deployed) => deployed?.id === projectionId)?.epoch
    },
  }
}
