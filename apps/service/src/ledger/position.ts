/** Where an event stands, as clients see it: opaque, and the same whichever store holds the ledger. */
export interface Position {
  readonly stream: string
  readonly revision: number
}

export const encodePosition = ({ stream, revision }: Position): string => Buffer.from(`${revision}@${stream}`).toString('base64url')

/** @returns undefined for anything that `encodePosition` did not make. */
export const decodePosition = (text: string): Position | undefined => {
  const found = /^(\d{1,15})@(.+)$/s.exec(Buffer.from(text, 'base64url').toString())
  if (!found) return undefined
  const position = { stream: found[2]!, revision: Number(found[1]) }
  return encodePosition(position) === text ? position : undefined
}
