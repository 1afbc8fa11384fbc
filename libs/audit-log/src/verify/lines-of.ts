/** The one character that ends a line. */
const lineFeed = 0x0a

/** A line of a file, without the line break. */
export interface Line {
  readonly bytes: Buffer
  /** False only for what stands behind the last line break of a file. */
  readonly ended: boolean
}

/** No line of an export is so long; what is, is none, and is not held in memory. */
export const longestLine = 256 * 1024 * 1024

/**
 * Cuts bytes into lines, with no more in memory than the line and the piece that it is in.
 * @param limit bytes; of a longer line only so many are given, and reading ends there
 */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>, limit = longestLine): AsyncGenerator<Line> {
  let begun: Buffer[] = []
  let length = 0
  for await (const piece of pieces) {
    const bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)
    let from = 0
    for (let at; (at = bytes.indexOf(lineFeed, from)) >= 0; from = at + 1) {
      const rest = bytes.subarray(from, at)
      yield { bytes: begun.length === 0 ? rest : Buffer.concat([...begun, rest]), ended: true }
      begun = []
      length = 0
    }
    // A piece may be used again by whoever gave it.
    if (from < bytes.length) begun.push(Buffer.from(bytes.subarray(from)))
    length += bytes.length - from
    if (length > limit) break
  }
  if (length > 0) yield { bytes: Buffer.concat(begun), ended: false }
}
