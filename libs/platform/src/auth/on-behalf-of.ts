import { Problem } from '../problems/problem.js'

const longestBytes = 128
const rule = `must be 1 to ${longestBytes} bytes of printable UTF-8`

/**
 * Reads the name in `On-Behalf-Of`. Node hands header values over as Latin-1; what was sent is taken as UTF-8.
 * @throws Problem 400
 */
export const readOnBehalfOf = (header: string | readonly string[]): string => {
  const bytes = Buffer.from(String(header), 'latin1')
  const name = decode(bytes)
  if (name === undefined || name === '' || bytes.length > longestBytes || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    throw new Problem({ type: 'invalid-request', detail: `On-Behalf-Of ${rule}.`, errors: { 'On-Behalf-Of': [rule] } })
  return name
}

const decode = (bytes: Buffer): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).trim()
  } catch {
    return undefined
  }
}
