import type { Directory } from '#directory'
import type { EventStore } from '#event-store'
import { gauge, gauges } from '#platform'
import type { Projections, ProjectionStatus } from '#projections'
import { askedOnce } from './asked-once.js'
import { lagOf } from './lag.js'

export interface ProgressParts {
  readonly store: EventStore
  readonly directory: Directory
  readonly projections: Projections
}

/** Shows in the metrics how far what is computed from the log has come; asked for at each look, not in between. */
export const measureProgress = ({ store, directory, projections }: ProgressParts): void => {
  const states = askedOnce(() => projections.status())
  const perProjection = (name: string, help: string, valueOf: (state: ProjectionStatus) => number) =>
    gauges(name, `${help}. Absent while the store does not answer`, ['projection'], async () =>
      (await states()).map((state) => ({ labels: { projection: state.name }, value: valueOf(state) })),
    )

  perProjection('room_ledger_projection_lag', 'Events that a projection has not handled yet; 0 = none', lagOf)
  perProjection('room_ledger_projection_running', '1 = the projection runs, 0 = it is faulted or stopped', ({ status }) =>
    status === 'Running' ? 1 : 0,
  )
  gauge(
    'room_ledger_directory_lag',
    `How far the search index is behind the end of the log, in ${unitOf(store)}; 0 = not at all. Absent while the store does not answer`,
    async () => {
      const head = await store.head()
      // The index says once and for all that it has caught up with the past: what came since shows in its position.
      return lagOf({ position: directory.status().position, head, caughtUp: false })
    },
  )
}

/** Positions in the log: EventStoreDB counts its bytes. */
const unitOf = ({ engine }: EventStore): string => (engine === 'eventstoredb' ? 'bytes of the log' : 'events')
