import type { Settings } from '#platform'
import { mend, ok, skip, type Finding } from './finding.js'

/** Which request a callback answers is judged with so much tolerance; signed callbacks are good for a minute (trtc 64412). */
const tolerableMs = 5_000
const patienceMs = 5_000

/** Compares the clock of this machine with the one that the vendor's server dates its answers by. */
export const checkClock = async ({ live }: Pick<Settings, 'live'>): Promise<Finding> => {
  const asked = Date.now()
  const options = { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(patienceMs) } as const
  const answer = await fetch(live.baseUrl, options).catch(() => undefined)
  const date = Date.parse(answer?.headers.get('date') ?? '')
  if (Number.isNaN(date)) return skip('clock', 'cannot be compared: nobody answered with a date')
  return judge(date, asked, Date.now())
}

/** @param date as the server said it, to the second @param asked and @param answered by our clock; all Unix milliseconds */
export const judge = (date: number, asked: number, answered: number): Finding => {
  // Anywhere in that second, and at any moment between question and answer: only what lies outside of both is a difference.
  const ahead = Math.max(0, asked - (date + 1_000))
  const behind = Math.max(0, date - answered)
  const off = Math.max(ahead, behind)
  if (off <= tolerableMs) return ok('clock', "agrees with the vendor's to within seconds")
  const seconds = Math.round(off / 1_000)
  const says = `is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} the vendor's: keep it in time with NTP`
  return mend('clock', `${says}; signatures and callbacks are refused, and requests not recognised, where clocks differ`)
}
