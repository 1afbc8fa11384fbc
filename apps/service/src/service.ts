import { createAuditor, openCheckpointStream } from '#audit-log'
import { createClock, createTurns } from '#event-store'
import { createConsumers, createFeed } from '#feed'
import { longestQueueMs } from '#live-engine'
import type { HealthCheck, Settings } from '#platform'
import type { Adapters, Log } from './adapters.js'
import { auditCheck, measureAudit } from './audit/audit-health.js'
import { createAccessLog } from './audit/access-log.js'
import { createExporter } from './audit/export/exporter.js'
import { createLineSender } from './audit/export/send-lines.js'
import { createAnomalies } from './audit/read-anomalies.js'
import { createQuarantine } from './callbacks/quarantine.js'
import { createCallbackReceiver } from './callbacks/receive-callback.js'
import { boundTurns } from './commands/bounded-turns.js'
import { writeOf } from './commands/call-vendor.js'
import { createExecute } from './commands/execute.js'
import { createOperationRunner } from './commands/operation-runner.js'
import { measureFeed } from './feed/feed-gauges.js'
import { createStreams } from './feed/send-stream.js'
import { createChecks } from './health/checks.js'
import { measureProgress } from './health/progress-gauges.js'
import { measureVendor } from './health/vendor-metrics.js'
import { createRoomLedger } from './ledger/room-ledger.js'
import { createReviver } from './operating/revive-projections.js'
import { createFreshness } from './queries/freshness.js'
import { createDrift } from './settlement/drift.js'
import { measureDrift } from './settlement/drift-metrics.js'
import type { SettleParts } from './settlement/settle.js'
import { createSettler } from './settlement/settler.js'

/** The vendor's own limit for a call is 3 s (trtc 63398): after that, what it has not done it will not do. */
const vendorLimitMs = 3000
/** What the vendor has not answered so long after the order to stop stays open for the next start: ten seconds are promised for all. */
const cutOffMs = 5000
/** Before a look that no callback can replace: a callback that comes all the same is given the chance. */
const promptMs = 200
/** So long after the last fact of a room the walk leaves it to its callbacks, at the most. */
const mostQuietMs = 3_000

/** Puts the service together out of its parts: no framework, only what calls what. */
export const createService = (settings: Settings, adapters: Adapters, log: Log) => {
  const { store, directory, projections, live, auditLog, signing, sink } = adapters
  const { sdkAppId, adminAccount, timeoutMs, callbackKeep } = settings.live
  const { timestamp: now } = createClock()
  const ledger = createRoomLedger(store, { sdkAppId, now })
  const { inTurn } = createTurns()
  const settleParts: SettleParts = { live, ledger, now, inTurn, graceMs: vendorLimitMs }
  // Nobody waits for what runs by itself: its looks let the others go first.
  const background: SettleParts = { ...settleParts, live: live.inBackground() }
  const settler = createSettler({
    ...background,
    waits: { confirmationMs: settings.confirmationTimeoutMs, promptMs, callMs: longestQueueMs + 2 * timeoutMs + vendorLimitMs },
    openOperations: (after) => directory.openOperations({ limit: 500, ...(after && { after }) }),
    roomsToAskAbout: (after) => directory.roomsToAskAbout({ limit: 500, ...(after !== undefined && { after }) }),
    onError: (error, roomId) => log('error', `settling ${roomId}: ${(error as Error).message}`),
  })
  const drift = createDrift({
    ...background,
    rate: settings.reconcileRate,
    activeRooms: (after) => directory.activeRooms({ limit: 100, ...(after !== undefined && { after }) }),
    anyActiveRoom: directory.anyActiveRoom,
    isTaken: settler.isOn,
    quietMs: Math.min(settings.confirmationTimeoutMs, mostQuietMs),
    onFound: (roomId, found) => log('info', `drift: room ${roomId}: no callback told of ${found.map(({ type }) => type).join(', ')}`),
    onError: (error) => log('error', `drift: ${(error as Error).message}`),
  })
  measureDrift(drift)
  const feed = createFeed({ store, log: (message) => log('error', `feed: ${message}`) })
  const streams = createStreams({ onBroken: (error) => log('error', `feed: a stream was broken off: ${(error as Error).message}`) })
  const consumers = createConsumers({ store, locate: feed.locate, now })
  measureFeed({ feed, consumers, streams })
  const reviver = createReviver({ projections, log })
  measureProgress({ store, directory, projections })
  measureVendor(live)
  const auditor = createAuditor({
    auditLog,
    store,
    origin: settings.ledgerOrigin,
    ...signing,
    sink,
    intervalMs: settings.audit.checkpointIntervalMs,
    now,
    log: (level, message) => log(level, `audit: ${message}`),
  })
  const auditHealth = { store, auditLog, auditor, now }
  measureAudit(auditHealth)
  const stopping = new AbortController()
  const checkpoints = openCheckpointStream(store, now)
  const execute = createExecute(live, ledger, now, settler.askAbout)
  const receiveCallback = createCallbackReceiver({
    ledger,
    store,
    now,
    sdkAppId,
    adminAccount,
    keep: callbackKeep,
    askAbout: settler.askAbout,
  })
  return {
    store,
    directory,
    projections,
    ledger,
    feed,
    streams,
    consumers,
    auditLog,
    auditor,
    signing,
    checkpoints,
    exporter: createExporter({ store, auditLog, auditor, checkpoints, signing, origin: settings.ledgerOrigin }),
    lineSender: createLineSender({
      stopping: stopping.signal,
      onBroken: (error) => log('error', `audit: an export was broken off: ${(error as Error).message}`),
    }),
    accessLog: createAccessLog(store, { sdkAppId, now }),
    anomalies: createAnomalies(store, directory),
    settleParts,
    receiveCallback,
    runOperation: createOperationRunner({
      ledger,
      store,
      now,
      execute,
      admit: (kind) => live.admit(writeOf[kind]),
      inTurn: boundTurns(inTurn),
      stopping: stopping.signal,
    }),
    quarantine: createQuarantine(store, receiveCallback, now),
    freshness: createFreshness({ store, ledger, directory, projections }),
    /** Begins what runs by itself. */
    start: (): void => {
      settler.start()
      drift.start()
      reviver.start()
      auditor.start()
    },
    /** Ends what runs by itself or only waits; what is in flight goes on to its end. */
    windDown: async (): Promise<void> => {
      stopping.abort()
      feed.stop()
      setTimeout(live.cutOff, cutOffMs).unref()
      await Promise.all([settler.stop(), drift.stop(), reviver.stop()])
    },
    /** When nothing is written any more: what is not under a checkpoint yet comes under one. */
    seal: (): Promise<void> => auditor.stop(),
    checks: [...createChecks({ store, directory, projections, live }), auditCheck(auditHealth)] satisfies readonly HealthCheck[],
  }
}
export type Service = ReturnType<typeof createService>
