import { CheckpointRefused } from '#audit-log'
import { Problem } from '#platform'

/** What keeps from signing, as an answer. */
export const refusedProblem = ({ kind, message }: CheckpointRefused): Problem => {
  const detail = `No checkpoint is signed: ${message}.`
  if (kind === 'inconsistent') return new Problem({ type: 'ledger-inconsistent', detail })
  return new Problem({ type: kind === 'behind' ? 'not-caught-up' : 'not-ready', detail, retryAfter: 5 })
}

/** Runs what may be refused. */
export const orRefused = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    throw error instanceof CheckpointRefused ? refusedProblem(error) : error
  }
}
