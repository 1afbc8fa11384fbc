import { asPortError } from '../fault.js'
import { ProjectionRefusal, type Answer } from './refusal.js'

const remedies: Partial<Record<Answer, string>> = {
  Off: 'it runs no projections. Start it with EVENTSTORE_RUN_PROJECTIONS=All and EVENTSTORE_START_STANDARD_PROJECTIONS=true',
  NotAuthorized: 'the user may not manage projections. Name one of the group $admins',
  NotFound: 'the projection is not there. Start the service again: it deploys what is missing',
}

/** The server named by `EVENT_STORE_URL` cannot run our projections as it stands; the message says what to change. */
export class ProjectionsRefused extends Error {
  override readonly name = 'ProjectionsRefused'
}

export const projectionsOff = (why: string): ProjectionsRefused =>
  new ProjectionsRefused(
    `EVENT_STORE_URL: ${why}. Start the server with EVENTSTORE_RUN_PROJECTIONS=All and EVENTSTORE_START_STANDARD_PROJECTIONS=true`,
  )

/** The error with what to do about it. */
export const withRemedy = (error: unknown): unknown => {
  if (!(error instanceof ProjectionRefusal)) return asPortError(error)
  const remedy = remedies[error.answer] ?? `it answers ${error.answer}. See the server's log`
  return new ProjectionsRefused(`EVENT_STORE_URL: the server refuses: ${remedy}`, { cause: error })
}
