import { setImmediate } from 'node:timers/promises'
import type { EventStore } from '#event-store'
import { createOutputFile, type OutputFile } from './file/output-file.js'
import { readEmitted } from './file/read-emitted.js'
import type { EmbeddedProjections, EmbeddedProjectionsOptions, ProjectionDefinition, ProjectionStatus } from './projections.js'
import { createRunner, type Runner } from './runner.js'

interface Opened {
  readonly output: OutputFile
  readonly runners: ReadonlyMap<string, Runner>
}

/**
 * Runs projections in this process, with EventStoreDB's semantics, for stores that cannot run them themselves.
 *
 * Not there, and refused by name: shared state, `options`, `outputTo`, system streams as a source, `event.created` and link
 * metadata. What a projection emits is kept in its own file, so no projection can read what another one emits.
 *
 * @example
 * const projections = createEmbeddedProjections({ store, file: 'data/projections.db', definitions: projectionDefinitions })
 * await projections.start()
 * await projections.waitFor(await store.head(), 5000)
 * for await (const entry of projections.readEmitted('ownerTrail-room1')) console.log(entry.data)
 */
export const createEmbeddedProjections = (options: EmbeddedProjectionsOptions): EmbeddedProjections => {
  const { store, file, definitions, log = () => undefined } = options
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  if (byName.size !== definitions.length) throw new Error('two projections of the same name')
  let opened: Opened | undefined

  const open = async (): Promise<Opened> => {
    const output = createOutputFile(file, (message) => log({ level: 'warn', message }))
    try {
      const runners = new Map<string, Runner>()
      for (const definition of definitions) {
        const { name } = definition
        const why = await whyRebuild(store, output, definition)
        if (why) {
          log({ level: 'info', projection: name, message: `is rebuilt: ${why}` })
          output.startEpoch(definition)
        }
        runners.set(name, createRunner({ definition, store, output, log: (level, message) => log({ level, projection: name, message }) }))
      }
      return { output, runners }
    } catch (thrown) {
      output.close()
      throw thrown
    }
  }

  const require = (): Opened => {
    if (!opened) throw new Error('the projections have not been started')
    return opened
  }
  const runnerOf = (name: string): Runner => {
    const runner = require().runners.get(name)
    if (!runner) throw new Error(`no projection is called ${name}`)
    return runner
  }
  /** Removes hidden rows beside the running work; goes on after the next start when it is cut short. */
  const sweep = async (name: string, { output }: Opened): Promise<void> => {
    for (const _ of output.sweep(name)) {
      await setImmediate()
      if (opened?.output !== output) return
    }
  }
  const sweepSoon = (name: string): void =>
    void sweep(name, require()).catch((thrown: unknown) =>
      log({ level: 'warn', projection: name, message: `old output remains: ${String(thrown)}` }),
    )

  const statusOf = (definition: ProjectionDefinition, head: bigint): ProjectionStatus => {
    const { name, version } = definition
    const runner = opened?.runners.get(name)
    const kept = opened?.output.find(name)
    const { status, reason, position } = runner?.state() ?? { status: 'Stopped' as const, reason: null, position: -1n }
    const { epoch = 0, eventsProcessed = 0 } = kept ?? {}
    return { name, status, stateReason: reason, position, head, caughtUp: position >= head, epoch, version, eventsProcessed }
  }

  return {
    start: async () => {
      if (opened) return
      opened = await open()
      for (const [name, runner] of opened.runners) {
        runner.start()
        sweepSoon(name)
      }
    },
    stop: async () => {
      if (!opened) return
      const { output, runners } = opened
      await Promise.all([...runners.values()].map((runner) => runner.stop()))
      opened = undefined
      output.close()
    },
    readEmitted: (stream, read) => readEmitted(require().output.db, stream, read),
    status: async () => {
      const head = await store.head()
      return definitions.map((definition) => statusOf(definition, head))
    },
    enable: async (name) => runnerOf(name).start(),
    rebuild: async (name) => {
      const runner = runnerOf(name)
      await runner.stop()
      require().output.startEpoch(byName.get(name)!)
      runner.start()
      sweepSoon(name)
      const done = await runner.waitFor(await store.head(), new AbortController().signal)
      if (!done) throw new Error(`projection ${name} was not rebuilt: ${runner.state().reason ?? 'it was stopped'}`)
    },
    waitFor: async (position, timeoutMs) => {
      if (!opened) return false
      const signal = AbortSignal.timeout(timeoutMs)
      const reached = await Promise.all([...opened.runners.values()].map((runner) => runner.waitFor(position, signal)))
      return reached.every(Boolean)
    },
  }
}

/** Why the stored output cannot be gone on with; `undefined` when it can. */
const whyRebuild = async (store: EventStore, output: OutputFile, definition: ProjectionDefinition): Promise<string | undefined> => {
  const { version, lastEvent } = output.register(definition)
  if (version !== definition.version) return `version ${version} became ${definition.version}`
  if (!lastEvent) return undefined
  for await (const event of store.readAll({ after: lastEvent.position - 1n, limit: 1 }))
    if (event.position === lastEvent.position && event.id === lastEvent.id) return undefined
  return 'the log is not the one that it was computed from'
}
