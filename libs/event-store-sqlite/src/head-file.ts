import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import { crc32 } from 'node:zlib'

/**
 * The youngest event that was promised. SQLite reads a write-ahead log up to the first frame that is not sound and takes that
 * for its end: without a word from elsewhere, nobody would miss what stood behind it.
 */
export interface Head {
  /** 0 while there is no event. */
  readonly position: number
  readonly checksum: number
}

export interface HeadFile {
  write(head: Head): void
  close(): void
}

export const headPath = (path: string): string => `${path}-head`

const lengthOfText = 48

const toText = ({ position, checksum }: Head): string => {
  const text = `${position} ${checksum}`
  return `${text} ${crc32(text)}`.padEnd(lengthOfText - 1).concat('\n')
}

/** @returns `absent` beside a file that was copied alone, or comes from a release that wrote none */
export const readHead = (path: string): Head | 'absent' | 'damaged' => {
  let text: string
  try {
    text = readFileSync(headPath(path), 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent'
    throw error
  }
  const [position, checksum] = text.split(' ').map(Number)
  const head = { position: position ?? Number.NaN, checksum: checksum ?? Number.NaN }
  return toText(head) === text ? head : 'damaged'
}

/**
 * Opens it for as long as the store is kept. It is written after each commit, over the same few bytes and without waiting for
 * the disk: a killed process loses none of that, and after a loss of power it tells of somewhat less than the store has.
 */
export const openHead = (path: string, head: Head): HeadFile => {
  const file = openSync(headPath(path), constants.O_RDWR | constants.O_CREAT, 0o644)
  const write = (next: Head) => void writeSync(file, toText(next), 0, 'latin1')
  try {
    write(head)
    // What is new must be whole on the disk once: from then on its bytes only change.
    fsyncSync(file)
  } catch (error) {
    closeSync(file)
    throw error
  }
  return {
    write: (next) => {
      try {
        write(next)
      } catch {
        // The events themselves are on disk. The next commit tells of them too.
      }
    },
    close: () => closeSync(file),
  }
}
