import type { Room } from './room.js'

/** So many destroyed rooms stay readable for the control plane; older ones are forgotten. */
const DESTROYED_KEPT = 10_000

/** The vendor-side truth: the living rooms by id, and those that were destroyed. */
export interface RoomStore {
  get(roomId: string): Room | undefined
  living(): Room[]
  destroyed(): readonly Room[]
  add(room: Room): void
  /** Moves the room to the destroyed ones. */
  bury(room: Room): void
  /** Life number that a new room of this id would have: 1, 2, … */
  nextLife(roomId: string): number
  /** When the id was last created, in Unix ms. */
  lastCreated(roomId: string): number | undefined
  /**
   * The EventTime for something that happens to this room id now. Never the same twice for one id, so that the order of
   * what happened can always be read from the events, also when two fall into one millisecond.
   */
  stamp(roomId: string): number
  clear(): void
}

export function createRoomStore(now: () => number, kept: readonly Room[] = []): RoomStore {
  const rooms = new Map<string, Room>()
  let graves: Room[] = []
  const youngest = new Map<string, { life: number; createdAt: number; lastEventAt: number }>()

  const remember = (room: Room) => {
    const known = youngest.get(room.roomId)
    if (!known || known.life <= room.life) youngest.set(room.roomId, room)
  }
  for (const room of kept) {
    remember(room)
    if (room.destroyed) graves.push(room)
    else rooms.set(room.roomId, room)
  }

  return {
    get: (roomId) => rooms.get(roomId),
    living: () => [...rooms.values()],
    destroyed: () => graves,
    add(room) {
      rooms.set(room.roomId, room)
      remember(room)
    },
    bury(room) {
      rooms.delete(room.roomId)
      graves.push(room)
      if (graves.length <= DESTROYED_KEPT * 1.1) return
      for (const old of graves.slice(0, -DESTROYED_KEPT)) if (youngest.get(old.roomId) === old) youngest.delete(old.roomId)
      graves = graves.slice(-DESTROYED_KEPT)
    },
    nextLife: (roomId) => (youngest.get(roomId)?.life ?? 0) + 1,
    lastCreated: (roomId) => youngest.get(roomId)?.createdAt,
    stamp(roomId) {
      const at = Math.max(now(), (youngest.get(roomId)?.lastEventAt ?? 0) + 1)
      const room = rooms.get(roomId)
      if (room) room.lastEventAt = at
      return at
    },
    clear() {
      rooms.clear()
      youngest.clear()
      graves = []
    },
  }
}
