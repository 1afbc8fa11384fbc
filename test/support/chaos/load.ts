import { rollDice } from '../../double/dice.js'
import type { CommandKind } from '../steps.js'
import type { Asked, Clients } from './clients.js'
import type { Field } from './field.js'

export interface LoadOptions {
  readonly seed: number
  /** Commands, deeds at the vendor and callbacks together. */
  readonly deeds: number
  /** Told before each deed. It may hold the deed back, or end the load with `false`. */
  readonly before?: (index: number) => Promise<boolean | void> | boolean | void
  /** Which part of the commands has no Idempotency-Key; default: none. */
  readonly keyless?: number
  /** How many of the rooms take the id of the one before, which was just destroyed; default: none. */
  readonly reuse?: number
}

/** How many go on at a time. */
const lanes = 16

/** Deeds in one room before it is destroyed and another opened. */
const roomLength = 15

/** Drives rooms through the service and past it: in ten of sixteen lanes by commands, in the rest by callbacks of a vendor of its own. */
export const runLoad = async ({ run }: Field, clients: Clients, options: LoadOptions): Promise<readonly Asked[]> => {
  const { seed, deeds, before = () => undefined, keyless = 0, reuse = 0 } = options
  const asked: Asked[] = []
  let begun = 0
  const take = async (): Promise<boolean> => {
    if (begun >= deeds) return false
    begun += 1
    return (await before(begun)) !== false
  }

  const byCommands = async (lane: number): Promise<void> => {
    const roll = rollDice(seed + lane)
    const command = async (kind: CommandKind, roomId: string, body: object): Promise<Asked> => {
      // The dice are not cast where the answer is known: what they were cast for before stays the same.
      const key = keyless > 0 && roll() < keyless ? null : `${run}-${lane}-${asked.length}`
      const one: Asked = { key, kind, roomId, body, sentAt: performance.now(), statuses: [] }
      asked.push(one)
      return clients.command(one, roll() < 0.3 ? 2 : 0)
    }
    let roomId = ''
    for (let room = 0; ; room += 1) {
      if (room === 0 || reuse === 0 || roll() >= reuse) roomId = `${run}-c${lane}-${room}`
      for (let step = 0; step < roomLength; step += 1) {
        if (!(await take())) return
        const unique = `${lane}-${room}-${step}`
        const dice = roll()
        if (step === 0) {
          const made = await command('create-room', roomId, { roomId, seatTemplate: 'Karaoke', owner: 'anna', roomName: unique })
          if ((made.statuses.at(-1) ?? 0) >= 400) break
        } else if (step === roomLength - 1) await command('destroy-room', roomId, {})
        else if (dice < 0.45) await command('update-room', roomId, { roomName: unique, activityStatus: step })
        else if (dice < 0.75) await command('change-owner', roomId, { newOwner: `owner-${unique}` })
        else if (dice < 0.9) await clients.act(roomId, { deed: 'rename', roomName: `client ${unique}` })
        else await clients.act(roomId, { deed: 'transferOwner', newOwner: `client-${unique}` })
      }
    }
  }

  /** Two lanes tell of the same rooms: they meet in the log. */
  const byCallbacks = async (lane: number): Promise<void> => {
    const roll = rollDice(seed + lane)
    const group = Math.floor(lane / 2)
    const told: ReturnType<typeof callbackOf>[] = []
    for (let step = 0; await take(); step += 1) {
      const again = told.length > 0 && roll() < 0.15 ? told[Math.floor(roll() * told.length)] : undefined
      const RoomId = `${run}-t${group}-${Math.floor(step / (2 * roomLength))}`
      const body = again ?? callbackOf(RoomId, `${lane}-${step}`, roll())
      if (!again) told.push(body)
      await clients.callback(body)
    }
  }

  const ofCommands = Math.ceil((lanes * 5) / 8)
  await Promise.all(Array.from({ length: lanes }, (_, lane) => (lane < ofCommands ? byCommands(lane) : byCallbacks(lane))))
  return asked
}

/** @param dice which of them; 0 to 1 */
const callbackOf = (RoomId: string, unique: string, dice: number) => {
  const about = { Operator_Account: 'erik', EventTime: Date.now() }
  if (dice < 0.5) return { CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo', ...about, RoomInfo: { RoomId, RoomName: unique } }
  if (dice < 0.75) return { CallbackCommand: 'Live.CallbackAfterSetMetadata', ...about, RoomId, Metadata: [{ Key: 'step', Value: unique }] }
  return {
    CallbackCommand: 'Live.CallbackAfterChangeOwner',
    ...about,
    RoomId,
    CurrentOwner_Account: unique,
    OriginalOwner_Account: 'somebody',
  }
}
