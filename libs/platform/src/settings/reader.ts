import type { BlockList } from 'node:net'
import type { Environment } from './environment.js'
import { readRanges } from './ip-ranges.js'
import type { SettingProblem } from './settings.js'

export type Reader = ReturnType<typeof createReader>

/**
 * Reads variables and notes what is wrong with them, instead of stopping at the first. An empty variable counts as unset.
 * A complaint says what would be right and never repeats the value: it may be a secret that stands in the wrong place.
 */
export const createReader = (env: Environment) => {
  const problems: SettingProblem[] = []
  const complain = (variable: string, message: string): void => void problems.push({ variable, message })
  const text = (variable: string): string | undefined => env[variable]?.trim() || undefined

  const integer = (variable: string, fallback: number, min: number, max: number): number => {
    const value = text(variable)
    if (value === undefined) return fallback
    if (/^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    complain(variable, `must be a whole number from ${min} to ${max}`)
    return fallback
  }
  /** A number that may have a fraction, in digits and one point. */
  const decimal = (variable: string, fallback: number, min: number, max: number): number => {
    const value = text(variable)
    if (value === undefined) return fallback
    if (/^\d{1,9}(\.\d{1,9})?$/.test(value) && Number(value) >= min && Number(value) <= max) return Number(value)
    complain(variable, `must be a number from ${min} to ${max}, such as 0.5`)
    return fallback
  }
  const choice = <Value extends string>(variable: string, fallback: Value, values: readonly Value[]): Value => {
    const value = text(variable) ?? fallback
    const chosen = values.find((one) => one === value)
    if (chosen === undefined) complain(variable, `must be one of ${values.filter((one) => one !== '').join(', ')}`)
    return chosen ?? fallback
  }
  const list = (variable: string): string[] =>
    (text(variable) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  const url = (variable: string): URL | undefined => {
    const value = text(variable)
    if (value === undefined) return undefined
    const parsed = URL.parse(value)
    if (parsed && /^https?:$/.test(parsed.protocol) && !parsed.username && !parsed.password && !parsed.search && !parsed.hash) return parsed
    complain(variable, 'must be an address that begins with http:// or https://, without user, query or #')
    return undefined
  }
  const ranges = (variable: string): BlockList | undefined => {
    const given = list(variable)
    if (given.length === 0) return undefined
    const read = readRanges(given)
    if (read === undefined) complain(variable, 'must be a comma-separated list of addresses or ranges such as 10.0.0.0/8 or 2001:db8::/32')
    return read
  }
  return { problems, complain, text, integer, decimal, choice, list, url, ranges }
}
