import { describe, expect, it, onTestFinished } from 'vitest'
import { createClock, createTurns } from '#event-store'
import type { LiveEngine } from '#live-engine'
import { decideRequest, isOpen, type Operation } from '#room'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { createRoomLedger } from '../src/ledger/room-ledger.js'
import { createSettler } from '../src/settlement/settler.js'
import { eventually } from '../../../test/support/eventually.js'

type Look = LiveEngine['getRoomInfo']
const noAnswer: Look = async () => ({ outcome: 'unknown', cause: 'timeout' })
const hanging: Look = () => new Promise(() => {})
const thereWith =
  (owner: string): Look =>
  async ({ roomId }) => ({ outcome: 'ok', vendor: {}, room: { roomId, owner, info: {} } })

/** A settler beside rooms that each wait for a new owner, in the order of their names; pages are short. */
const given = async (roomIds: readonly string[], look: (roomId: string) => Look) => {
  const now = createClock().timestamp
  const ledger = createRoomLedger(createMemoryStore(), { sdkAppId: 1, now })
  const open = new Map<string, Operation>()
  for (const roomId of roomIds) {
    const command = { operationId: `op-${roomId}`, requestId: `id-${roomId}`, kind: 'change-owner', roomId } as const
    const { state } = await ledger.record(roomId, (current) => {
      const decision = decideRequest(current, { ...command, parameters: { newOwner: 'ben' }, requestedBy: { kind: 'apiKey', id: 'k' } })
      return decision.ok ? decision.events : []
    })
    open.set(roomId, state.operations[0]!)
  }
  const asked: string[] = []
  const toAskAbout = new Set<string>()
  const errors: unknown[] = []
  const settler = createSettler({
    ledger,
    now,
    inTurn: createTurns().inTurn,
    graceMs: 0,
    waits: { confirmationMs: 0, promptMs: 0, callMs: 0 },
    live: {
      getRoomInfo: (room: { roomId: string }) => {
        asked.push(room.roomId)
        return look(room.roomId)(room)
      },
    } as LiveEngine,
    openOperations: (after) => [...open.values()].filter(({ roomId }) => after === undefined || roomId > after.roomId).slice(0, 500),
    roomsToAskAbout: (after) => [...toAskAbout].filter((roomId) => after === undefined || roomId > after).slice(0, 2),
    onError: (error) => void errors.push(error),
  })
  settler.start()
  onTestFinished(() => void settler.stop())
  const ended = async (roomId: string): Promise<boolean> => (await ledger.load(roomId)).operations.every((operation) => !isOpen(operation))
  return { settler, asked, toAskAbout, errors, ended }
}

const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `old-${String(n).padStart(4, '0')}`)

describe('the settlement', () => {
  it('given more stuck operations than a page holds, when a younger one is due, then it ends all the same', async () => {
    const { ended, errors } = await given([...numbered(1100), 'young'], (roomId) => (roomId === 'young' ? thereWith('ben') : noAnswer))
    await eventually(
      () => ended('young'),
      (done) => done,
    )
    expect(await ended('old-0000')).toBe(false)
    expect(errors).toEqual([])
  })

  it('given a vendor that hangs on some rooms, when another one is due, then it does not wait for them', async () => {
    const { ended } = await given([...numbered(20), 'young'], (roomId) => (roomId === 'young' ? thereWith('ben') : hanging))
    await eventually(
      () => ended('young'),
      (done) => done,
    )
  })

  it('given rooms that the log says are to be asked about, when it starts, then each is asked about, on every page', async () => {
    const { asked, toAskAbout } = await given([], () => thereWith('anna'))
    for (const roomId of ['a', 'b', 'c', 'd', 'e']) toAskAbout.add(roomId)
    await eventually(
      async () => asked.toSorted(),
      (rooms) => rooms.length >= 5,
    )
    expect(asked.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})
