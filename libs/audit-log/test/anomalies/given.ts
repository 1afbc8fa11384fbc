import fc from 'fast-check'
import type { Actor, RecordedFact, RoomEvent, RoomEventMetadata } from '#room'
import { facts } from '../../../room/test/arbitraries.js'
import { anomaliesOf, type Anomaly, type AnomalyKind } from '../../src/index.js'

export const account = (id: string): Actor => ({ kind: 'account', id })
export const apiClient = (id: string): Actor => ({ kind: 'apiClient', id })
export const system: Actor = { kind: 'system', id: '@TIM#SYSTEM' }

/** Facts as the room's own tests draw them, by several actors, each recorded some time after it happened. */
export const factsBySeveral: fc.Arbitrary<RecordedFact[]> = facts({ maxLength: 20 }).chain((drawn) =>
  fc
    .array(
      fc.record({
        actor: fc.constantFrom(account('anna'), account('ben'), apiClient('ben'), system),
        delayMs: fc.constantFrom(-500, 0, 60_000, 60_001, 90_000),
        source: fc.constantFrom('callback' as const, 'reconciliation' as const),
      }),
      { minLength: drawn.length, maxLength: drawn.length },
    )
    .map((more) => drawn.map((fact, i) => withDelay(fact, more[i]!))),
)

const withDelay = (fact: RecordedFact, { delayMs, ...more }: { actor: Actor; delayMs: number; source: RoomEventMetadata['source'] }) => ({
  ...fact,
  metadata: { ...fact.metadata, ...more, recordedAt: later(fact.metadata.occurredAt, delayMs) },
})

export const later = (time: string, ms: number): string => new Date(Date.parse(time) + ms).toISOString()

/** The anomalies of a kind in one room, as far as the test says what it expects of them. */
export const find = <K extends AnomalyKind>(kind: K, events: Iterable<RoomEvent>, lateMs = 60_000) =>
  anomaliesOf('r', events, { lateMs }).filter((found): found is Extract<Anomaly, { kind: K }> => found.kind === kind)
