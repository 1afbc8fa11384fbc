import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectionDefinition, ProjectionLogLine, Projections, ProjectionStatus } from '#projections'
import type { Connection } from '../connection.js'
import type { Reader } from '../read.js'
import { deploy } from './deploy.js'
import { createDeployments } from './epochs.js'
import { readEmitted } from './read-emitted.js'
import { ProjectionRefusal } from './refusal.js'
import { createProjectionServer } from './server.js'
import { handledOf, reasonOf, statusOf } from './status.js'
import { requireByCategory } from './system-projections.js'
import { deployedText } from './text.js'
import { withRemedy } from './remedy.js'

export interface EsdbProjectionsOptions {
  /**
   * Looks at a text before it is sent: a broken one blinds the server's list of projections. `checkDefinition` of
   * `#projections`, which also tells the one category that the text reads.
   */
  readonly check: (definition: ProjectionDefinition) => { readonly category: string }
  readonly log?: (line: ProjectionLogLine) => void
}

/** Milliseconds: a status that comes late is of no use to anybody. */
const statusPatience = 1_500
const deployPatience = 8_000
/** Between two looks at how far a rebuild is. */
const pollEvery = 25

/** Projections that the server runs. `start` deploys them; to stop them is not ours, other instances read them too. */
export const createEsdbProjections = (
  connection: Connection,
  reader: Reader,
  definitions: readonly ProjectionDefinition[],
  { check, log = () => undefined }: EsdbProjectionsOptions,
): Projections => {
  const checked = new Map(definitions.map((definition) => [definition.name, { definition, ...check(definition) }]))
  if (checked.size !== definitions.length) throw new Error('two projections of the same name')
  const server = createProjectionServer(connection, deployPatience)
  const quick = createProjectionServer(connection, statusPatience)
  const deployments = createDeployments(quick, [...checked.keys()])

  const require = (name: string) => {
    const found = checked.get(name)
    if (!found) throw new Error(`no projection is called ${name}`)
    return found
  }

  const stateOf = async (
    name: string,
  ): Promise<Pick<ProjectionStatus, 'status' | 'stateReason' | 'eventsProcessed'> & { handled: number }> => {
    try {
      const details = await quick.status(name)
      return {
        status: statusOf(details.status),
        stateReason: reasonOf(details),
        handled: handledOf(details),
        eventsProcessed: Number(details.eventsProcessedAfterRestart),
      }
    } catch (error) {
      if (!(error instanceof ProjectionRefusal)) throw error
      const why: Partial<Record<typeof error.answer, string>> = {
        NotFound: 'it is not deployed',
        Broken: 'the server cannot tell: the text that it holds does not compile, start the service again to deploy it',
      }
      const reason = why[error.answer]
      if (!reason) throw withRemedy(error)
      return { status: error.answer === 'NotFound' ? 'Stopped' : 'Faulted', stateReason: reason, handled: -1, eventsProcessed: 0 }
    }
  }

  const status = async (name: string): Promise<ProjectionStatus> => {
    const { category, definition } = require(name)
    const [newest, last] = await Promise.all([quick.newestOf(category), quick.lastOfCategory(category)])
    const [state, deployed] = await Promise.all([stateOf(name), deployments.find(name)])
    const { handled, ...shown } = state
    return {
      name,
      ...shown,
      position: BigInt(handled),
      head: BigInt(last.revision),
      caughtUp: handled >= last.revision && last.position >= newest,
      epoch: deployed?.epochs ?? 0,
      version: deployed?.version ?? definition.version,
    }
  }

  const untilCaughtUp = async (name: string): Promise<void> => {
    const { category } = require(name)
    const newest = await quick.newestOf(category)
    let target: number | undefined
    for (;;) {
      const last = target === undefined ? await quick.lastOfCategory(category) : undefined
      if (last && last.position >= newest) target = last.revision
      const state = await stateOf(name)
      if (state.status !== 'Running') throw new Error(`projection ${name} was not rebuilt: ${state.stateReason}`)
      if (target !== undefined && state.handled >= target) return
      await delay(pollEvery, undefined, { signal: connection.closing })
    }
  }

  return {
    start: async () => {
      try {
        await requireByCategory(server, connection)
        for (const [name, { definition }] of checked) {
          const { version, emits } = definition
          const wanted = { text: deployedText(definition), version, emits }
          await deploy(server, connection, name, wanted, (message) => log({ level: 'info', projection: name, message }))
        }
      } catch (error) {
        throw withRemedy(error)
      } finally {
        deployments.forget()
      }
    },
    stop: async () => undefined,
    readEmitted: (stream, options) => readEmitted(reader, deployments, stream, options),
    status: () => Promise.all([...checked.keys()].map(status)),
    enable: async (name) => {
      require(name)
      await server.enable(name).catch((error: unknown) => Promise.reject(withRemedy(error)))
    },
    rebuild: async (name) => {
      require(name)
      try {
        await server.disable(name)
        await server.reset(name)
        deployments.forget()
        await server.enable(name)
      } catch (error) {
        throw withRemedy(error)
      }
      await untilCaughtUp(name)
    },
  }
}
