import { systemOperator } from '#live-engine/wire'
import type { Timers } from '../control/timers.js'
import { endRoom } from '../commands/change-room.js'
import type { Room } from './room.js'
import type { Actor, World } from './world.js'

/** Longest wait that setTimeout takes. */
const LONGEST_WAIT_MS = 2 ** 31 - 1

export interface AutoDestroy {
  /** Something changed (a room or the timers): look again soon when the next room falls due. */
  look(): void
  stop(): void
}

/**
 * When the platform ends a room by itself (live-engine §6), in Unix ms; undefined = not foreseen. A room that nobody ever
 * entered stays. Bots in a room exempt it from rule 1, an owner who is a bot from rules 2 and 3.
 */
export function dueAt(room: Room, timers: Timers): number | undefined {
  const ownerIsBot = room.bots.includes(room.owner)
  const waits: (readonly [since: number | null, wait: number | null, exempt: boolean])[] = [
    [room.emptySince, timers.afterNoUsersMs, room.bots.length > 0],
    [room.ownerLeftAt, timers.afterOwnerLeaveMs, ownerIsBot],
    [room.ownerLostAt, timers.afterOwnerOfflineMs, ownerIsBot],
  ]
  const due = waits.flatMap(([since, wait, exempt]) => (since === null || wait === null || exempt ? [] : [since + wait]))
  return due.length > 0 ? Math.min(...due) : undefined
}

/** Ends rooms as they fall due. All three causes look alike from outside: DestroyBySystem by @TIM#SYSTEM. */
export function createAutoDestroy(world: World, timers: () => Timers, ended: () => void): AutoDestroy {
  let alarm: NodeJS.Timeout | undefined
  let alarmAt = Infinity

  const set = (at: number) => {
    if (at >= alarmAt) return
    clearTimeout(alarm)
    alarmAt = at
    alarm = setTimeout(sweep, Math.min(Math.max(at - world.now(), 0), LONGEST_WAIT_MS)).unref()
  }

  const sweep = () => {
    alarmAt = Infinity
    let next = Infinity
    for (const room of world.rooms.living()) {
      const due = dueAt(room, timers())
      if (due === undefined) continue
      if (due > world.now()) next = Math.min(next, due)
      else {
        endRoom(world, platform(), room, 'DestroyBySystem')
        ended()
      }
    }
    if (next < Infinity) set(next)
  }

  return {
    // A few ms of rest between two sweeps: thousands of changes a second shall not mean thousands of sweeps.
    look: () => set(world.now() + 5),
    stop: () => clearTimeout(alarm),
  }
}

/** What ClientIP and OptPlatform hold on a system destroy is not documented; the list of platforms has `Unknown` for such cases. */
const platform = (): Actor => ({ account: systemOperator, platform: 'Unknown', clientIp: '127.0.0.1', answered: Promise.resolve() })
