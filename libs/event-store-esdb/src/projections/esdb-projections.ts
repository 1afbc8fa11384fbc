import { setTimeout as delay } from 'node:timers/promises'
import type { EventStore } from '#event-store'
import type { ProjectionDefinition, ProjectionLogLine, Projections, ProjectionStatus } from '#projections'
import type { Connection } from '../connection.js'
import type { Reader } from '../read.js'
import { createRetrying } from '../retry.js'
import { deploy, nextStep } from './deploy.js'
import { createDeployments } from './epochs.js'
import { readEmitted } from './read-emitted.js'
import { ProjectionRefusal } from './refusal.js'
import { createProjectionServer } from './server.js'
import { stateOf } from './state.js'
import { requireByCategory } from './system-projections.js'
import type { Wanted } from './plan.js'
import { deployedText } from './text.js'
import { inTurn } from './turn.js'
import { withRemedy } from './remedy.js'

export interface EsdbProjectionsOptions {
  /**
   * Looks at a text before it is sent: a broken one blinds the server's list of projections. `checkDefinition` of
   * `#projections`, which also tells what the text handles: the one category that it reads, and types of events.
   */
  readonly check: (definition: ProjectionDefinition) => {
    readonly category: string
    readonly types: ReadonlySet<string> | undefined
  }
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
  store: EventStore,
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

  const status = async (name: string): Promise<ProjectionStatus> => {
    const { category, types, definition } = require(name)
    const [newest, last] = await Promise.all([quick.newestOf(category), quick.lastOfCategory(category, types)])
    const [state, deployed] = await Promise.all([stateOf(quick, name), deployments.find(name)])
    const { handled, ...shown } = state
    return {
      name,
      ...shown,
      position: BigInt(handled),
      head: BigInt(Math.max(handled, last.revision)),
      caughtUp: handled >= last.revision && last.linked >= newest,
      epoch: deployed?.epochs ?? 0,
      version: deployed?.version ?? definition.version,
    }
  }

  const untilCaughtUp = async (name: string): Promise<void> => {
    const { category, types } = require(name)
    const newest = await quick.newestOf(category)
    let target: number | undefined
    for (;;) {
      const last = target === undefined ? await quick.lastOfCategory(category, types) : undefined
      if (last && last.linked >= newest) target = last.revision
      const state = await stateOf(quick, name)
      if (state.status !== 'Running') throw new Error(`projection ${name} was not rebuilt: ${state.stateReason}`)
      if (target !== undefined && state.handled >= target) return
      await delay(pollEvery, undefined, { signal: connection.closing })
    }
  }

  const wantedOf = (name: string): Wanted => {
    const { definition } = require(name)
    return { text: deployedText(definition), version: definition.version, emits: definition.emits }
  }

  /** A change that does no harm when it is made twice, until it has come through or there is no more patience. */
  const insist = async (change: () => Promise<void>): Promise<void> => {
    const retrying = createRetrying(connection, deployPatience)
    for (;;) {
      try {
        return await change()
      } catch (error) {
        if (error instanceof ProjectionRefusal && error.answer !== 'OperationFailed') throw withRemedy(error)
        await retrying.failed(error instanceof ProjectionRefusal ? error.cause : error)
      }
    }
  }

  const deployAll = async (): Promise<void> => {
    for (const name of checked.keys())
      await deploy(server, connection, name, wantedOf(name), (message) => log({ level: 'info', projection: name, message }))
  }

  /** What made it fault may be over, and the embedded ones try again at each start too. */
  const reviveFaulted = async (name: string): Promise<void> => {
    const { status, stateReason } = await stateOf(quick, name)
    if (status !== 'Faulted') return
    log({ level: 'warn', projection: name, message: `is enabled again; it was faulted: ${stateReason}` })
    await server.enable(name)
  }

  return {
    start: async () => {
      try {
        await requireByCategory(server, connection)
        const missing = await Promise.all([...checked.keys()].map((name) => nextStep(server, name, wantedOf(name))))
        if (missing.some((step) => step !== 'leave')) await inTurn(store, deployAll)
        for (const name of checked.keys()) await reviveFaulted(name)
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
      await insist(() => server.enable(name))
    },
    rebuild: async (name) => {
      require(name)
      await insist(() => server.disable(name))
      await insist(() => server.reset(name))
      deployments.forget()
      await insist(() => server.enable(name))
      await untilCaughtUp(name)
    },
  }
}
