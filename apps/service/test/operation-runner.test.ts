import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { createTurns, StoreUnavailable, type EventStore } from '#event-store'
import type { Admission } from '#live-engine'
import { Problem } from '#platform'
import type { Operation } from '#room'
import { boundTurns } from '../src/commands/bounded-turns.js'
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
  let admission: Admission = { permit: { take: async () => 'go', release: () => undefined } }
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
    run: createOperationRunner({
      ledger,
      store,
      now,
      execute,
      admit: async () => admission,
      inTurn: createTurns().inTurn,
      stopping: new AbortController().signal,
    }),
    calls,
    store,
    refuse: (refused: 'busy' | 'away'): void => void (admission = { refused, retryAfterMs: 2500 }),
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

describe('a command that the vendor cannot be called for', () => {
  it.each([
    ['busy', 429, 'too-many-requests'],
    ['away', 503, 'vendor-away'],
  ] as const)('given it is %s, then %i with when to come again, and nothing is written, the key included', async (cause, status, type) => {
    const { run, calls, refuse, store } = given()
    refuse(cause)
    const refused = await run({ ...destroy, idempotencyKey: 'k' }).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(Problem)
    expect(refused).toMatchObject({ status, parts: { type, retryAfter: 2.5 } })
    expect(await store.head()).toBe(-1n)
    expect(calls).toEqual([])
  })

  it('given its key was used before, when it is repeated, then it is answered all the same; with another body it is refused as such', async () => {
    const { run, calls, refuse } = given()
    const first = await run({ ...destroy, idempotencyKey: 'k' })
    refuse('away')
    expect(await run({ ...destroy, idempotencyKey: 'k' })).toMatchObject({ operationId: first.operationId, status: 'accepted' })
    await expect(run({ ...destroy, kind: 'change-owner', parameters: { newOwner: 'ben' }, idempotencyKey: 'k' })).rejects.toMatchObject({
      status: 422,
    })
    expect(calls).toEqual(['destroy-room'])
  })

  it('given too many wait for the same room, then the next is told to come again, and other rooms are not concerned', async () => {
    let open = (): void => undefined
    const turns = boundTurns(createTurns().inTurn, 2)
    const first = turns('r', () => new Promise<void>((resolve) => void (open = resolve)))
    const second = turns('r', async () => 'second')
    await expect(turns('r', async () => 'third')).rejects.toMatchObject({ status: 429 })
    expect(await turns('other', async () => 'other')).toBe('other')
    open()
    await first
    expect(await second).toBe('second')
    expect(await turns('r', async () => 'fourth')).toBe('fourth')
  })
})
