import type { KeyObject } from 'node:crypto'
import { createTurns, messageOf, type EventStore } from '#event-store'
import type { AuditLog } from '../audit-log.js'
import { readAdoptedKeys } from '../keys/key-stream.js'
import { checkpointBody } from '../notes/checkpoint.js'
import { signNote } from '../notes/note.js'
import type { Verifier } from '../notes/verifier.js'
import type { CheckpointSink } from '../sink/checkpoint-sink.js'
import { CheckpointRefused, type Auditor, type AuditorStatus } from './auditor.js'
import { openCheckpointStream, type KeptCheckpoint } from './checkpoint-stream.js'
import { whyNoContinuation, type Remembered } from './continuity.js'
import { createRounds } from './rounds.js'
import { createSinkMemory } from './sink-memory.js'

export interface AuditorOptions {
  readonly auditLog: AuditLog
  readonly store: EventStore
  /** The ledger's name in its checkpoints, and the name of its key. */
  readonly origin: string
  readonly privateKey: KeyObject
  /** The public half of it, adopted (`adoptKey`). */
  readonly verifier: Verifier
  readonly sink?: CheckpointSink | undefined
  readonly intervalMs: number
  /** RFC 3339; never falls within one process. */
  readonly now: () => string
  readonly log: (level: 'info' | 'warn' | 'error', message: string) => void
}

/** Milliseconds to wait for the tree to have what is in the log. */
const patienceMs = 10_000
const mostTries = 10

/** Makes the auditor; it looks at nothing before `start` or the first question. */
export const createAuditor = (options: AuditorOptions): Auditor => {
  const { auditLog, store, origin, privateKey, verifier, intervalMs, now, log } = options
  const checkpoints = openCheckpointStream(store, now)
  const sink = options.sink && createSinkMemory({ sink: options.sink, checkpoints, origin })
  let last: KeptCheckpoint | undefined
  let refused: AuditorStatus['refused']
  /** The tree was made anew to be sure that it is not the file that is wrong. */
  let madeAnew = false

  const caughtUp = async (): Promise<void> => {
    if (await auditLog.catchUp(patienceMs)) return
    const { size } = auditLog.status()
    throw new CheckpointRefused('behind', `the tree has not read the whole log yet; it has ${size} events`)
  }
  /** @throws CheckpointRefused where the log does not go on from what was signed before */
  const assertContinues = async (remembered: Remembered | undefined): Promise<void> => {
    const flaw = (): string | undefined =>
      (last && whyNoContinuation(auditLog, last, 'the store')) ?? (remembered && whyNoContinuation(auditLog, remembered, 'the sink'))
    await caughtUp()
    let found = flaw()
    if (found !== undefined && !madeAnew) {
      log('warn', `${found}: the tree is made anew from the log, to be sure`)
      madeAnew = true
      await auditLog.rebuild()
      await caughtUp()
      found = flaw()
    }
    if (found !== undefined)
      throw new CheckpointRefused('inconsistent', `${found}: the store is a restored backup, or was altered; nothing is signed`)
    madeAnew = false
  }
  const isDue = (): boolean => !last || Date.parse(now()) - Date.parse(last.createdAt) >= intervalMs

  const signOnce = async (wanted: 'due' | 'now'): Promise<KeptCheckpoint | 'lost' | undefined> => {
    const keys = (await readAdoptedKeys(store)).map((key) => key.verifier)
    if (keys.at(-1)?.vkey !== verifier.vkey)
      throw new CheckpointRefused('key-replaced', `another key signs by now (${keys.at(-1)?.vkey}): start this instance with it`)
    // What is remembered is asked for first: what comes afterwards is in the log too by the time that the tree is looked at.
    last = await checkpoints.last()
    const remembered = await sink?.recall(keys, last)
    await assertContinues(remembered)
    const { size } = auditLog.status()
    if (last?.size === size || (wanted === 'due' && (!isDue() || size === 0))) return last
    const root = auditLog.root(size)
    const note = signNote(checkpointBody({ origin, size, root }), { name: verifier.name, privateKey })
    const added = await checkpoints.add({ size, root, note }, verifier.keyId, last)
    if (added) last = added
    return added ?? 'lost'
  }
  const judge = async (wanted: 'due' | 'now'): Promise<KeptCheckpoint | undefined> => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const signed = await signOnce(wanted)
      if (signed === 'lost') continue
      if (signed) await sink?.bring(signed)
      return signed
    }
    throw new Error(`others sign faster than this instance`)
  }
  const note = (next: AuditorStatus['refused']): void => {
    if (next && next.reason !== refused?.reason) log(next.kind === 'behind' ? 'warn' : 'error', `no checkpoint is signed: ${next.reason}`)
    if (!next && refused) log('info', 'checkpoints are signed again')
    refused = next
  }
  const { inTurn } = createTurns()
  const sign = (wanted: 'due' | 'now'): Promise<KeptCheckpoint | undefined> =>
    inTurn('sign', async () => {
      const failedBefore = sink?.failure()
      try {
        const signed = await judge(wanted)
        note(undefined)
        return signed
      } catch (error) {
        if (error instanceof CheckpointRefused) note({ kind: error.kind, reason: error.message })
        throw error
      } finally {
        const failure = sink?.failure()
        if (failure !== undefined && failure !== failedBefore) log('warn', `checkpoints do not reach the sink: ${failure}`)
      }
    })

  const rounds = createRounds({
    intervalMs,
    round: async () => {
      await sign('due').catch((error: unknown) => {
        if (!(error instanceof CheckpointRefused)) log('warn', `no checkpoint could be signed (${messageOf(error)})`)
      })
      return last && !isDue() ? Date.parse(last.createdAt) + intervalMs - Date.parse(now()) : intervalMs
    },
    lastRound: async () => {
      if (refused?.kind !== 'inconsistent' && refused?.kind !== 'key-replaced') await sign('now')
    },
    log: (message) => log('warn', message),
  })
  return {
    start: rounds.start,
    stop: rounds.stop,
    status: () => ({ last, refused, sinkFailure: sink?.failure() }),
    checkpointNow: async () => (await sign('now'))!,
  }
}
