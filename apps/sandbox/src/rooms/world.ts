import type { CallbackBody } from '../callbacks/bodies.js'
import { illegal, refuse, roomAbsent, type Outcome, type Refusal } from '../outcome.js'
import { readRoomId } from './info-rules.js'
import type { Room } from './room.js'
import type { RoomStore } from './room-store.js'

/** Who does something, and from where. `platform` is the callback's OptPlatform. */
export interface Actor {
  readonly account: string
  readonly platform: string
  readonly clientIp: string
  /** Settles when the caller has his answer: no callback leaves before it. */
  readonly answered: Promise<void>
}

/** What the deeds work on. */
export interface World {
  readonly rooms: RoomStore
  readonly adminAccounts: readonly string[]
  readonly importedAccounts?: readonly string[]
  /** One create of a room id per this many ms (vendor: 1000). */
  readonly createIntervalMs: number
  now(): number
  /** Hands a callback to the sender; returns at once. */
  tell(body: CallbackBody, roomId: string, actor: Actor): void
}

/** A vendor command: reads its own body, changes the world or refuses. */
export type Deed = (world: World, actor: Actor, body: Record<string, unknown>) => Outcome

/** The room that the body names. */
export function findRoom(world: World, body: Record<string, unknown>): { room: Room } | Refusal {
  const read = readRoomId(body['RoomId'])
  if (!('roomId' in read)) return read
  const room = world.rooms.get(read.roomId)
  return room ? { room } : roomAbsent()
}

/** 100006 is for operators that are neither the owner nor a root admin, and every REST caller is a root admin. */
export function mayNotOperate(world: World, actor: Actor, room: Room): Refusal | undefined {
  if (actor.account === room.owner || world.adminAccounts.includes(actor.account)) return undefined
  return refuse(100006, 'operator is neither the owner of the room nor an App admin')
}

/** An account that may own a room: a string (60015), not empty, and imported (70107) where imports are kept. */
export function readAccount(world: World, value: unknown, name: string): { account: string } | Refusal {
  if (value === undefined || value === null) return illegal(`${name} is missing`)
  if (typeof value !== 'string') return refuse(60015, `${name} must be a string`)
  if (value === '') return illegal(`${name} is empty`)
  const imported = world.importedAccounts
  if (imported && !imported.includes(value) && !world.adminAccounts.includes(value)) return refuse(70107, `${name} has not been imported`)
  return { account: value }
}
