import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { parseVendorJson } from '#live-engine'
import { createQuarantine } from '../src/callbacks/quarantine.js'
import { createCallbackReceiver } from '../src/callbacks/receive-callback.js'
import { createRoomLedger } from '../src/ledger/room-ledger.js'

const yesterday = '2026-03-26T17:29:16.000Z'
const today = '2026-03-27T08:00:00.000Z'

const setUp = () => {
  const store = createMemoryStore()
  const now = () => today
  const ledger = createRoomLedger(store, { sdkAppId: 1, now })
  const receive = createCallbackReceiver({ ledger, store, now, sdkAppId: 1, adminAccount: 'admin', keep: [], askAbout: () => undefined })
  const quarantine = createQuarantine(store, receive, now)
  const send = (command: string | undefined, rawBody: string) => {
    const parsed = parseVendorJson(Buffer.from(rawBody))
    if (!parsed.ok) throw new Error(parsed.problem)
    return receive({ command, rawBody, body: parsed.value, receivedFrom: '127.0.0.1' })
  }
  return { store, ledger, quarantine, send }
}

describe('the quarantine', () => {
  it('given a callback without a time that an older version did not understand, when it is replayed, then it happened when it was received', async () => {
    const { store, ledger, quarantine } = setUp()
    const command = 'Live.CallbackAfterUpdateRoomInfo'
    const body = JSON.stringify({ CallbackCommand: command, Operator_Account: 'anna', RoomInfo: { RoomId: 'late', RoomName: 'Late' } })
    const callback = { command, receivedFrom: '127.0.0.1', bodySha256: 'not looked at', body }
    const metadata = { schema: 1, occurredAt: yesterday, recordedAt: yesterday, callback }
    const eventId = '0f0e7c68-5f5e-5a0e-9b55-0d8a7a0a7a01'
    await store.append(
      `callbackQuarantine-${command}`,
      [{ id: eventId, type: 'CallbackQuarantined', data: { command, why: 'x' }, metadata }],
      'any',
    )
    expect(await quarantine.replay(eventId, 'operator')).toEqual({ eventId, result: 'recorded' })
    const { life } = await ledger.load('late')
    expect(life).toMatchObject({ info: { roomName: 'Late' }, updatedAt: yesterday })
  })

  it.each([
    [
      'whose address names another command than its body',
      'Live.CallbackAfterDestroyRoom',
      '{"CallbackCommand":"Live.CallbackAfterSomethingNew"}',
    ],
    ['whose address names none', undefined, '{"CallbackCommand":"Live.CallbackAfterSomethingNew"}'],
  ])('given one %s, when it is replayed, then it is what it was and stands there once', async (_what, command, body) => {
    const { quarantine, send } = setUp()
    expect(await send(command, body)).toMatchObject({ kind: 'quarantined' })
    const before = await quarantine.list({})
    await expect(quarantine.replay(before.items[0]!.eventId, 'operator')).rejects.toMatchObject({ parts: { type: 'still-unfit' } })
    expect(await quarantine.list({})).toEqual(before)
    expect(before.items).toHaveLength(1)
  })

  it('given one whose address contradicts a body that would fit, when it is replayed, then it is still unfit', async () => {
    const { quarantine, send } = setUp()
    const body =
      '{"CallbackCommand":"Live.CallbackAfterChangeOwner","RoomId":"r","CurrentOwner_Account":"b","OriginalOwner_Account":"a","EventTime":1774546156000}'
    expect(await send('Live.CallbackAfterDestroyRoom', body)).toMatchObject({ kind: 'quarantined' })
    const { items } = await quarantine.list({})
    await expect(quarantine.replay(items[0]!.eventId, 'operator')).rejects.toMatchObject({ parts: { type: 'still-unfit' } })
  })
})
