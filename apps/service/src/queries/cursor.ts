import { Problem } from '#platform'

/** A cursor is a few JSON values that only this service reads; to everybody else it is opaque. */
export const encodeCursor = (...parts: readonly (string | number)[]): string => Buffer.from(JSON.stringify(parts)).toString('base64url')

/** @throws Problem 400 for a text that `encodeCursor` did not make. */
export const decodeCursor = <T extends readonly (string | number)[]>(text: string, isValid: (parts: unknown) => parts is T): T => {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (isValid(parts)) return parts
  } catch {
    // Falls through: whatever is wrong with it, the answer is the same.
  }
  throw badCursor()
}

export const badCursor = (): Problem =>
  new Problem({
    type: 'invalid-request',
    detail: 'cursor is none that this list gave out.',
    errors: { cursor: ['is none that this list gave out'] },
  })
