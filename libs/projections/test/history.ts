import type { JsonObject } from '#event-store'
import { projectionDefinitions } from '#projections'
import { project, type Fed } from './run.js'

const { source, ...definition } = projectionDefinitions.find(({ name }) => name === 'room-history')!

export interface HistoryEntry {
  readonly revision: number
  readonly life: number
  readonly type: string
  readonly changes: readonly { readonly field: string; readonly before: unknown; readonly after: unknown; readonly applied: boolean }[]
  readonly late: boolean
  readonly afterDestroy: boolean
}
export interface HistoryLife {
  readonly n: number
  readonly from: string
  readonly to: string | null
  readonly cause: string | null
  readonly startedBy: string
  readonly fields: Readonly<Record<string, readonly [unknown, string]>>
}
export interface HistoryState {
  readonly base: number
  readonly marks: readonly unknown[]
  readonly lives: readonly HistoryLife[]
}

export const timeOf = (ms: number): string => new Date(Date.UTC(2026, 2, 26) + ms).toISOString()

/** A fact that happened so many milliseconds after midnight. */
export const fact = (ms: number, type: string, data: JsonObject = {}, metadata: JsonObject = {}): Fed => ({
  type,
  data: { roomId: '1', ...data },
  metadata: {
    occurredAt: timeOf(ms),
    recordedAt: timeOf(ms + 500),
    timeSource: 'eventTime',
    source: 'callback',
    actor: { kind: 'account', id: 'ann' },
    ...metadata,
  },
})
export const created = (ms: number, info: JsonObject = {}, owner = 'ann'): Fed => fact(ms, 'RoomCreated', { owner, info })
/** A create that is only known to the second. */
export const looselyCreated = (ms: number, info: JsonObject = {}): Fed => fact(ms, 'RoomCreated', { info }, { timeSource: 'createTime' })
export const named = (ms: number, roomName: string): Fed => fact(ms, 'RoomUpdated', { info: { roomName } })
export const destroyed = (ms: number, cause: string | null = 'DestroyByUser', lastInfo?: JsonObject): Fed =>
  fact(ms, 'RoomDestroyed', { cause, ...(lastInfo && { lastInfo }) })
export const seen = (ms: number, owner: string, info: JsonObject = {}): Fed => fact(ms, 'RoomObserved', { exists: true, owner, info })
export const missed = (ms: number): Fed => fact(ms, 'RoomObserved', { exists: false })

/** Feeds facts in the order given, and shows the entries and the lives that came of it. */
export const historyOf = (...facts: Fed[]) => {
  const run = project(source, definition)
  run.feed(...facts)
  const entries = run.emitted.map(({ data }) => data as unknown as HistoryEntry)
  const state = run.stateOf('room-1') as HistoryState
  return { entries, last: entries.at(-1)!, state, lives: state.lives, youngest: state.lives.at(-1), emitted: run.emitted, run }
}

/** Values of a life without their times; what was deleted is left out. */
export const valuesOf = (life: HistoryLife | undefined): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(life?.fields ?? {})
      .filter(([, [value]]) => value !== null && value !== false)
      .map(([name, [value]]) => [name, value]),
  )
