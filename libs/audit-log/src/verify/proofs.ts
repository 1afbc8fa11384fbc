import { fromBase64 } from '../base64.js'
import type { ExportRow } from '../export/format.js'
import { inclusionRoot } from '../merkle/verify.js'

/** Follows the proofs of the rows of a filtered export; which root is the right one is only known at the end. */
export interface Proofs {
  note(row: ExportRow, leafHash: Buffer, size: number): void
  /** A line that is no row. */
  skip(): void
  /** The roots, base64, that the proofs lead to, `''` = to none, each with the first places of rows that lead there. */
  readonly reached: ReadonlyMap<string, readonly number[]>
  /** Places whose index is not above the one before. */
  readonly disordered: readonly number[]
}

/** A wrong root is another for each row: of more than so many it is enough to know that they are wrong. */
const mostRoots = 1_000
const mostPlaces = 1_000

export const createProofs = (): Proofs => {
  const reached = new Map<string, number[]>()
  const disordered: number[] = []
  let place = -1
  let before = -1
  return {
    reached,
    disordered,
    skip: () => void (place += 1),
    note: (row, leafHash, size) => {
      place += 1
      if ((row.index ?? -1) <= before && disordered.length < mostPlaces) disordered.push(place)
      else before = row.index ?? before
      const root = rootOfRow(row, leafHash, size)
      const key = root ? Buffer.from(root).toString('base64') : ''
      const places = reached.get(key) ?? []
      if (places.length < mostPlaces) places.push(place)
      if (reached.size < mostRoots) reached.set(key, places)
    },
  }
}

const rootOfRow = ({ index, proof }: ExportRow, leafHash: Buffer, size: number): Uint8Array | undefined => {
  const nodes = proof?.map(fromBase64)
  if (index === undefined || !nodes?.every((node) => node !== undefined)) return undefined
  return inclusionRoot({ index, size, leafHash, proof: nodes })
}
