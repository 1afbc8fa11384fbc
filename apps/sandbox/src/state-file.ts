import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Timers } from './control/timers.js'
import type { Room } from './rooms/room.js'

/** What survives a restart. */
export interface KeptState {
  readonly version: 1
  readonly rooms: readonly Room[]
  readonly timers: Timers
  readonly callbacks: {
    readonly url?: string
    readonly commands: readonly string[]
    readonly token?: string
    readonly tokenEnabled: boolean
  }
}

export interface StateFile {
  /** Something changed: write soon. */
  changed(): void
  /** Write now, if anything is unwritten. */
  flush(): void
}

const WRITE_AFTER_MS = 200

/** @throws if the file is there and is not one of ours: better no sandbox than one that overwrites something else */
export function readState(path: string): KeptState | undefined {
  if (!existsSync(path)) return undefined
  const state = JSON.parse(readFileSync(path, 'utf8')) as Partial<KeptState> | null
  if (state?.version !== 1 || !Array.isArray(state.rooms)) throw new Error(`${path} is not a state file of the sandbox`)
  return state as KeptState
}

/** Keeps the state in one JSON file, replaced as a whole: a reader or a crash sees the old one or the new one. */
export function createStateFile(path: string, state: () => KeptState): StateFile {
  let timer: NodeJS.Timeout | undefined
  const write = () => {
    clearTimeout(timer)
    timer = undefined
    mkdirSync(dirname(path), { recursive: true })
    // It can hold the callback token: readable by its owner alone.
    writeFileSync(`${path}.new`, JSON.stringify(state()), { mode: 0o600 })
    renameSync(`${path}.new`, path)
  }
  return {
    changed: () => void (timer ??= setTimeout(write, WRITE_AFTER_MS).unref()),
    flush: () => timer && write(),
  }
}
