import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import type { EventStore } from '#event-store'
import { decideObservation, decideRequest, type Command } from '#room'
import { deriveId } from '../src/ledger/envelope.js'
import { createRoomLedger } from '../src/ledger/room-ledger.js'

const command: Command = {
  operationId: 'operation-1',
  requestId: '6f1f0d4e-2f0b-5d0a-8c39-5f2b8f6f8e01',
  kind: 'destroy-room',
  roomId: 'shared',
  parameters: {},
  requestedBy: { kind: 'apiKey', id: 'dashboard' },
}
const request = (state: Parameters<typeof decideRequest>[0]) => {
  const decision = decideRequest(state, command)
  return decision.ok ? decision.events : []
}

/** Lets appends through only when so many wait: all of them have then decided on the same state. */
const withBarrier = (store: EventStore, callers: number): EventStore => {
  const waiting: (() => void)[] = []
  return {
    ...store,
    append: async (...args) => {
      if (waiting.length < callers) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve)
          if (waiting.length === callers) for (const go of waiting) go()
        })
      }
      return store.append(...args)
    },
  }
}

describe('the rooms of several instances on one store', () => {
  it('given the same request at two instances at once, when both record it, then it stands once, and one of them alone has written it', async () => {
    const log = createMemoryStore()
    const store = withBarrier(log, 2)
    const now = () => new Date().toISOString()
    const instances = [createRoomLedger(store, { sdkAppId: 1, now }), createRoomLedger(store, { sdkAppId: 1, now })]

    const recorded = await Promise.all(instances.map((instance) => instance.record('shared', request)))

    expect(recorded.map(({ appended }) => appended.length).toSorted()).toEqual([0, 1])
    expect((await Array.fromAsync(log.readStream('room-shared'))).map(({ id }) => id)).toEqual([command.requestId])
    expect(recorded[0]!.state).toEqual(recorded[1]!.state)
  })
})

describe('what is written', () => {
  it('given facts that one look brings and a request, when they are recorded, then each fact bears its life and the request none', async () => {
    const log = createMemoryStore()
    const ledger = createRoomLedger(log, { sdkAppId: 1, now: () => new Date().toISOString() })
    const look = (exists: boolean) => ({
      roomId: 'lives',
      exists,
      observedAt: new Date(Date.now() + 10_000 * count++).toISOString(),
      eventId: (name: string) => deriveId(name, String(exists), count),
    })
    let count = 1

    for (const exists of [true, false, true]) await ledger.record('lives', (state) => decideObservation(state, look(exists)))
    await ledger.record('lives', request)

    const written = await Array.fromAsync(log.readStream('room-lives'))
    expect(written.map(({ type, metadata }) => [type, metadata['life']])).toEqual([
      ['RoomObserved', 1],
      ['RoomDestroyed', 1],
      ['RoomObserved', 1],
      ['RoomObserved', 2],
      ['RoomDestructionRequested', undefined],
    ])
  })
})
