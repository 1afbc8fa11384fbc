import { execFileSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** A disk of which the space can be taken away and given back. */
export interface ScarceDisk {
  readonly folder: string
  /** @param pid of the process that is to find it full */
  fill(pid: number): void
  free(pid: number): void
  close(): void
}

export interface Scarcity {
  readonly name: string
  make(folder: string): ScarceDisk
}

const quietly = (program: string, ...args: readonly string[]): boolean => {
  try {
    execFileSync(program, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** A small file system of its own, filled to the last byte: what a full disk is. Needs the right to mount. */
const smallFileSystem: Scarcity = {
  name: 'a file system without space (ENOSPC)',
  make: (above) => {
    const folder = join(above, 'small')
    mkdirSync(folder)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder])
    const filler = join(folder, 'filler')
    return {
      folder,
      fill: () => {
        const file = openSync(filler, 'w')
        try {
          // The last bytes too.
          for (const size of [65_536, 4_096, 1]) writeUntilFull(file, Buffer.alloc(size))
        } finally {
          closeSync(file)
        }
      },
      free: () => rmSync(filler),
      // Lazily: a process that was killed may not have let go yet.
      close: () => void execFileSync('umount', ['-l', folder]),
    }
  },
}

const writeUntilFull = (file: number, bytes: Buffer): void => {
  try {
    while (writeSync(file, bytes) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** The operating system lets a process write no further than the first page of any file. Anybody may do so to what is theirs. */
const fileSizeLimit: Scarcity = {
  name: 'a limit of the size of files (EFBIG)',
  make: (folder) => ({
    folder,
    fill: (pid) => void execFileSync('prlimit', ['--pid', String(pid), '--fsize=4096:unlimited']),
    free: (pid) => void execFileSync('prlimit', ['--pid', String(pid), '--fsize=unlimited:unlimited']),
    close: () => undefined,
  }),
}

const mayMount = (): boolean => {
  const probe = join('/tmp', `room-ledger-mount-${process.pid}`)
  mkdirSync(probe, { recursive: true })
  try {
    return quietly('mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', probe) && quietly('umount', probe)
  } finally {
    rmSync(probe, { recursive: true, force: true })
  }
}

/** What this machine allows. */
export const scarcities = (): readonly Scarcity[] => [
  ...(mayMount() ? [smallFileSystem] : []),
  ...(quietly('prlimit', '--version') ? [fileSizeLimit] : []),
]
