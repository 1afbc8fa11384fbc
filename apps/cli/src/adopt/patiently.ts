import { setTimeout as sleep } from 'node:timers/promises'

const tries = 4
const firstWaitMs = 500
const longestWaitMs = 60_000

/** Asks again, after a longer wait each time, or the one that was asked for, while there is no clear answer. */
export const patiently = async <Answer extends object>(ask: () => Promise<Answer>): Promise<Answer> => {
  for (let tried = 1; ; tried += 1) {
    const answer = await ask()
    if (!('outcome' in answer) || answer.outcome !== 'unclear' || tried === tries) return answer
    const askedFor = 'retryAfterMs' in answer ? Number(answer.retryAfterMs) : 0
    await sleep(Math.min(longestWaitMs, Math.max(askedFor, firstWaitMs * 2 ** (tried - 1))))
  }
}
