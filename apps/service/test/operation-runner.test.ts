import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { createTurns, StoreUnavailable, type EventStore } from '#event-store'
import type { Operation } from '#room'
import { recordOutcome } from '../src/commands/execute.js'
import { createOperationRunner, type OperationRequest } from '../src/commands/operation-runner.js'
import { createRoomLedger } from '../src/ledger/room-ledger.js'

const destroy: OperationRequest = {
  kind: 'destroy-room',
  roomId: 'fading',
  parameters: {},
  requestedBy: { kind: 'apiKey', id: 'dashboard' },
  waitMs: 0,
}

/** A runner whose store goes away and comes back on demand, and a vendor that does what it is asked for. */
const given = () => {
  const log = createMemoryStore()
  let away = false
  const fail = () => {
    if (away) throw new StoreUnavailable('away')
  }
  const store: EventStore = {
    ...log,
    append: async (...args) => (fail(), log.append(...args)),
    readStream: async function* (...args) {
      fail()
      yield* log.readStream(...args)
    },
  }
  const now = () => new Date().toISOString()
  const ledger = createRoomLedger(store, { sdkAppId: 1, now })
  const calls: string[] = []
  let goesAway: 'before the outcome' | 'after the outcome' | 'never' = 'never'
  const execute = async (operation: Operation): Promise<void> => {
    calls.push(operation.kind)
    away = goesAway === 'before the outcome'
    await recordOutcome(ledger, operation, {
      type: 'RequestAccepted',
      data: { operationId: operation.operationId, vendor: { errorCode: 0 } },
    })
    away = goesAway === 'after the outcome'
  }
  return {
    run: createOperationRunner({ ledger, store, now, execute, inTurn: createTurns().inTurn, stopping: new AbortController().signal }),
    calls,
    setAway: (is: boolean): void => void (away = is),
    loseStore: (when: typeof goesAway): void => void (goesAway = when),
  }
}

describe('a command whose store goes away', () => {
  it('given the vendor was called, when the outcome cannot be written, then the answer is the open operation, never "come again"', async () => {
    const { run, calls, loseStore } = given()
    loseStore('before the outcome')
    expect(await run(destroy)).toMatchObject({ kind: 'destroy-room', status: 'requested' })
    expect(calls).toEqual(['destroy-room'])
  })

  it('given the answer is held back, when the store goes away meanwhile, then the answer is what was known last', async () => {
    const { run, calls, loseStore } = given()
    loseStore('after the outcome')
    expect(await run({ ...destroy, waitMs: 300 })).toMatchObject({ kind: 'destroy-room' })
    expect(calls).toEqual(['destroy-room'])
  })

  it('given the answer is held back, when the store comes back in time, then the answer is how it stands', async () => {
    const { run, setAway, loseStore } = given()
    loseStore('after the outcome')
    setTimeout(() => setAway(false), 300)
    expect(await run({ ...destroy, waitMs: 1500 })).toMatchObject({ status: 'accepted' })
  })

  it('given the request cannot be written, then the vendor is not called, and the caller is told to come again', async () => {
    const { run, calls, setAway } = given()
    setAway(true)
    await expect(run(destroy)).rejects.toThrow(StoreUnavailable)
    expect(calls).toEqual([])
  })
})
