import { closeSync, copyFileSync, existsSync, openSync, readdirSync, readSync, rmSync, statSync, truncateSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Dice } from '../../double/dice.js'

export interface Wound {
  readonly file: string
  readonly kind: 'cut' | 'flip' | 'blot' | 'loss'
  readonly at: number
}

const kinds = ['cut', 'flip', 'flip', 'flip', 'blot', 'loss'] as const

/** Does one thing to one of the files at a random place: cuts it off, flips a bit, zeroes a sector, or removes it. */
export const wound = (folder: string, dice: Dice): Wound => {
  const files = readdirSync(folder)
    .filter((name) => /\.db(-wal|-head|-shm)?$/.test(name) && statSync(join(folder, name)).size > 0)
    .toSorted()
  const file = files[Math.floor(dice() * files.length)]!
  const path = join(folder, file)
  const at = Math.floor(dice() * statSync(path).size)
  const kind = kinds[Math.floor(dice() * kinds.length)]!
  if (kind === 'cut') truncateSync(path, at)
  else if (kind === 'loss') rmSync(path)
  else if (kind === 'blot') overwrite(path, at - (at % 512), () => Buffer.alloc(512))
  else overwrite(path, at, (old) => Buffer.from([old[0]! ^ (1 << Math.floor(dice() * 8))]))
  return { file, kind, at }
}

const overwrite = (path: string, at: number, by: (old: Buffer) => Buffer): void => {
  const file = openSync(path, 'r+')
  try {
    const old = Buffer.alloc(512)
    const length = readSync(file, old, 0, 512, at)
    const next = by(old.subarray(0, length))
    writeSync(file, next, 0, Math.min(next.length, length), at)
  } finally {
    closeSync(file)
  }
}

/** A store's files as a kill would leave them at this moment. */
export const copyStore = (from: string, to: string): void => {
  for (const suffix of ['', '-wal', '-shm', '-head']) if (existsSync(from + suffix)) copyFileSync(from + suffix, to + suffix)
}
