import { closeSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'

// For files that are computed from the log and can be again: SQLite does not see what was altered in them between two starts.

/** Reading it all must not hold up a stop or a start: a second at the most. Larger files get no seal. */
const largest = 256 * 1024 * 1024
const pieceSize = 1024 * 1024

const sealOf = (file: string): string => `${file}-seal`

/** Keeps size and checksum of a file that was closed in good order beside it, if the disk lets it: the next start looks longer without. */
export const seal = (file: string): void => {
  try {
    const text = describeFile(file)
    if (text !== undefined) writeFileSync(sealOf(file), text)
  } catch {
    rmSync(sealOf(file), { force: true })
  }
}

/**
 * Takes the seal off, so that it can never be older than the file.
 * @returns `none` after a kill, and for large files
 */
export const breakSeal = (file: string): 'whole' | 'altered' | 'none' => {
  const sealed = readSeal(file)
  if (sealed === undefined) return 'none'
  const state = sealed === describeFile(file) ? 'whole' : 'altered'
  rmSync(sealOf(file), { force: true })
  return state
}

const readSeal = (file: string): string | undefined => {
  try {
    return readFileSync(sealOf(file), 'latin1')
  } catch {
    return undefined
  }
}

const describeFile = (file: string): string | undefined => {
  const { size = 0 } = statSync(file, { throwIfNoEntry: false }) ?? {}
  // What SQLite could not take up yet belongs to the file too.
  if (size === 0 || size > largest || statSync(`${file}-wal`, { throwIfNoEntry: false })?.size) return undefined
  const from = openSync(file, 'r')
  try {
    const piece = Buffer.alloc(pieceSize)
    let sum = 0
    for (let length; (length = readSync(from, piece)) > 0;) sum = crc32(piece.subarray(0, length), sum)
    return `${size} ${sum}\n`
  } finally {
    closeSync(from)
  }
}
