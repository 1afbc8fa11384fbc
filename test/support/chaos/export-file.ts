import { closeSync, openSync, readFileSync, writeSync } from 'node:fs'

/** An export as its lines, counted from 1, each with its line break; the file itself is held once. */
export interface ExportFile {
  /** Lines in all: first line, events, last line. */
  readonly count: number
  line(number: number): Buffer
  text(number: number): string
  /** All bytes between two lines, the second not among them. */
  between(from: number, to: number): Buffer
  readonly bytes: number
}

export const openExportFile = (file: string): ExportFile => {
  const bytes = readFileSync(file)
  const starts = [0]
  for (let at = bytes.indexOf(10); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(10, at + 1)) starts.push(at + 1)
  const startOf = (number: number): number => starts[number - 1] ?? bytes.length
  const between = (from: number, to: number): Buffer => bytes.subarray(startOf(from), startOf(to))
  return {
    count: starts.length,
    bytes: bytes.length,
    between,
    line: (number) => between(number, number + 1),
    text: (number) =>
      between(number, number + 1)
        .toString()
        .trimEnd(),
  }
}

export const writePieces = (file: string, pieces: readonly Buffer[]): void => {
  const handle = openSync(file, 'w')
  try {
    for (const piece of pieces) for (let at = 0; at < piece.length;) at += writeSync(handle, piece, at)
  } finally {
    closeSync(handle)
  }
}
