import { setTimeout as delay } from 'node:timers/promises'
import type { ProjectionStatus } from '#projections'
import { ProjectionRefusal, type Answer } from './refusal.js'
import { withRemedy } from './remedy.js'
import type { ProjectionServer } from './server.js'
import { handledOf, reasonOf, statusOf } from './status.js'

export interface ProjectionState extends Pick<ProjectionStatus, 'status' | 'stateReason' | 'eventsProcessed'> {
  /** Number of the last entry of its category that was handled; -1 before the first one. */
  readonly handled: number
}

/** Milliseconds between two looks, and how many, at one that stops because of a fault that it has not told yet. */
const pollEvery = 25
const looks = 20

/**
 * How one projection is. Asked for by its name: one broken text is enough for the server to fail at listing all of them.
 *
 * @throws StoreUnavailable
 * @throws ProjectionsRefused
 */
export const stateOf = async (server: ProjectionServer, name: string): Promise<ProjectionState> => {
  try {
    let details = await server.status(name)
    for (let look = 0; details.status.includes('FaultedStopping') && look < looks; look += 1) {
      await delay(pollEvery)
      details = await server.status(name)
    }
    return {
      status: statusOf(details.status),
      stateReason: reasonOf(details),
      handled: handledOf(details),
      eventsProcessed: Number(details.eventsProcessedAfterRestart),
    }
  } catch (error) {
    const answer = error instanceof ProjectionRefusal ? error.answer : undefined
    const known = answer && withoutDetails[answer]
    if (!known) throw withRemedy(error)
    return { ...known, handled: -1, eventsProcessed: 0 }
  }
}

const withoutDetails: Partial<Record<Answer, Pick<ProjectionStatus, 'status' | 'stateReason'>>> = {
  NotFound: { status: 'Stopped', stateReason: 'it is not deployed' },
  Broken: {
    status: 'Faulted',
    stateReason:
      'the server cannot describe it. It does so soon if it is just starting; else the text that it holds does not compile: start the service again, it deploys its own',
  },
}
