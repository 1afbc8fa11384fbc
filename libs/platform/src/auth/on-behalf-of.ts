import { Problem } from '../problems/problem.js'

const longestBytes = 128
const rule = `must be 1 to ${longestBytes} bytes of printable UTF-8 or Latin-1`

/**
 * Reads the name in `On-Behalf-Of`: as UTF-8 where it is that (what curl sends), else as Latin-1, the only thing that a
 * browser's `fetch` can send. Node hands every header value over as Latin-1. At most 128 bytes as sent.
 * @throws Problem 400
 */
export const readOnBehalfOf = (header: string | readonly string[]): string => {
  const sent = String(header)
  const bytes = Buffer.from(sent, 'latin1')
  const name = (decode(bytes) ?? sent).trim()
  if (name === '' || bytes.length > longestBytes || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(name))
    throw new Problem({ type: 'invalid-request', detail: `On-Behalf-Of ${rule}.`, errors: { 'On-Behalf-Of': [rule] } })
  return name
}

const decode = (bytes: Buffer): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
