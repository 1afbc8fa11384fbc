import { oneLine } from '../projections/report.js'

/** What a look at one thing brought. `skip`: it could not be looked at, for a reason that is told elsewhere or is none to mend. */
export interface Finding {
  readonly verdict: 'ok' | 'mend' | 'skip'
  readonly what: string
  /** What was found; with `mend`, what to do about it too. Never a secret. */
  readonly says: string
}

export const ok = (what: string, says: string): Finding => ({ verdict: 'ok', what, says })
export const mend = (what: string, says: string): Finding => ({ verdict: 'mend', what, says })
export const skip = (what: string, says: string): Finding => ({ verdict: 'skip', what, says })

/** One line a finding, however long. */
export const lineOf = ({ verdict, what, says }: Finding): string => `${verdict.padEnd(4)}  ${what.padEnd(12)}  ${oneLine(says)}\n`
