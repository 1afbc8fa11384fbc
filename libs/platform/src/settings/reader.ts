import { BlockList, isIP, isIPv6 } from 'node:net'
import type { SettingProblem } from './settings.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** Reads variables and notes what is wrong with them, instead of stopping at the first. An empty variable counts as unset. */
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
  const choice = (variable: string, fallback: string, values: readonly string[]): string => {
    const value = text(variable) ?? fallback
    if (!values.includes(value)) complain(variable, `must be one of ${values.join(', ')}`)
    return value
  }
  const list = (variable: string): string[] =>
    (text(variable) ?? '')
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '')
  const url = (variable: string, protocols: readonly string[]): string | undefined => {
    const value = text(variable)
    if (value !== undefined && !(URL.canParse(value) && protocols.includes(new URL(value).protocol)))
      complain(variable, `must be an address that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`)
    return value
  }
  const cidrs = (variable: string): BlockList | undefined => {
    const ranges = list(variable)
    const allowed = new BlockList()
    for (const range of ranges) {
      const [address = '', bits] = range.split('/')
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      const longest = family === 'ipv6' ? 128 : 32
      if (!isIP(address) || (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= longest)))
        complain(variable, `must be a comma-separated list of addresses or ranges such as 10.0.0.0/8`)
      else allowed.addSubnet(address, bits === undefined ? longest : Number(bits), family)
    }
    return ranges.length > 0 ? allowed : undefined
  }
  return { problems, complain, text, integer, choice, list, url, cidrs }
}
