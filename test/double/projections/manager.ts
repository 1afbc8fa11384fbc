import type { Log } from '../log/log.js'
import type { Managed, Manager, Refusal } from './managed.js'
import type { Kept } from './records.js'
import { writeCreated, writeInitialized, writeKept } from './records.js'
import { FaultAt, noProgress, run } from './running.js'
import { isSystemProjection } from './system.js'

/** Milliseconds between an event and the projection that handles it. */
const lag = 4

/** @param own the server's own projections, which are done elsewhere */
export const createManager = (log: Log, own: readonly Managed[]): Manager => {
  const all = new Map(own.map((managed) => [managed.name, managed]))
  writeInitialized(log)
  for (const { name } of own) writeCreated(log, name)
  let timer: NodeJS.Timeout | undefined

  const fail = (managed: Managed, error: unknown): void => {
    managed.running = undefined
    managed.status = 'Faulted (Enabled)'
    managed.reason = reasonOf(managed.name, error)
  }
  const begin = (managed: Managed): void => {
    managed.reason = ''
    managed.broken = false
    managed.status = 'Running'
    managed.ranAs = managed.kept.version
    if (isSystemProjection(managed.name)) return
    try {
      managed.running = run(log, managed.name, managed.id, managed.kept, managed.progress)
    } catch {
      managed.running = undefined
      managed.broken = true
    }
    soon()
  }
  const work = (): void => {
    timer = undefined
    let more = false
    for (const managed of all.values()) {
      try {
        more = (managed.running?.step() ?? false) || more
      } catch (error) {
        fail(managed, error)
      }
    }
    if (more) soon(0)
  }
  const soon = (ms = lag): void => void (timer ??= setTimeout(work, ms))
  const endFollowing = log.onCommit(() => soon())

  const change = (managed: Managed, kept: Partial<Kept>): void => {
    managed.kept = { ...managed.kept, ...kept, version: managed.kept.version + 1 }
    writeKept(log, managed.name, managed.kept)
  }
  const of = (name: string, deed: (managed: Managed) => Refusal | void): Refusal | undefined => {
    const managed = all.get(name)
    return managed ? (deed(managed) ?? undefined) : 'NotFound'
  }
  const compiles = ({ name, id, kept }: Managed): boolean => {
    try {
      run(log, name, id, kept, noProgress())
      return true
    } catch {
      return false
    }
  }
  const stop = (managed: Managed): void => {
    managed.running = undefined
  }

  return {
    all,
    create: (name, query, emitEnabled) => {
      if (all.has(name)) return 'Conflict'
      const kept: Kept = { query, emitEnabled, enabled: true, deleted: false, epoch: -1, version: versionAfter(log, name) }
      const id = writeCreated(log, name)
      writeKept(log, name, kept)
      const managed: Managed = {
        name,
        id,
        kept,
        progress: noProgress(),
        status: 'Running',
        reason: '',
        running: undefined,
        ranAs: 0,
        broken: false,
      }
      all.set(name, managed)
      begin(managed)
      return undefined
    },
    update: (name, query, emitEnabled) =>
      of(name, (managed) => {
        change(managed, { query, ...(emitEnabled !== undefined && { emitEnabled }) })
        if (managed.kept.enabled) begin(managed)
        else {
          managed.reason = ''
          managed.broken = !compiles(managed)
        }
      }),
    enable: (name) =>
      of(name, (managed) => {
        if (managed.kept.enabled && managed.running) return
        change(managed, { enabled: true })
        begin(managed)
      }),
    disable: (name, how) =>
      of(name, (managed) => {
        if (managed.kept.enabled) change(managed, { enabled: false })
        stop(managed)
        managed.status = managed.status.startsWith('Faulted') ? 'Faulted' : how
      }),
    reset: (name) =>
      of(name, (managed) => {
        stop(managed)
        managed.progress = noProgress()
        change(managed, { epoch: managed.kept.version + 1 })
        if (managed.kept.enabled) begin(managed)
        else managed.status = 'Stopped'
      }),
    delete: (name) =>
      of(name, (managed) => {
        if (managed.status === 'Running') return 'OperationFailed'
        change(managed, { enabled: false, deleted: true })
        all.delete(name)
      }),
    close: () => {
      clearTimeout(timer)
      endFollowing()
    },
  }
}

const versionAfter = (log: Log, name: string): number => log.stream(`$projections-${name}`).length

const reasonOf = (name: string, error: unknown): string => {
  const message = error instanceof Error ? error.message.replace(/ \(event \d+@.*\)$/s, '') : String(error)
  if (!(error instanceof FaultAt) || message.startsWith("'emit'")) return message
  const handler = 'Handler: EventStore.Projections.Core.Services.Interpreted.JintProjectionStateHandler'
  return [
    `The ${name} projection failed to process an event.`,
    handler,
    `Event Position: ${error.place}`,
    '',
    'Message:',
    '',
    message,
  ].join('\r\n')
}
