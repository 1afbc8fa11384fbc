import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../../libs/event-store/test/memory-store.js'
import { parseVendorJson } from '#live-engine'
import { createCallbackReceiver } from '../src/callbacks/receive-callback.js'
import { createRoomLedger } from '../src/ledger/room-ledger.js'

const names = ['Live.CallbackAfterMemberStateChanged', 'Live.CallbackMemberStateChanged']

describe('a vendor command that shall be kept', () => {
  it.each(names.flatMap((setting) => names.map((sent) => [setting, sent] as const)))(
    'given LIVE_CALLBACK_KEEP=%s, when %s comes, then it is kept once: the vendor has two names for it',
    async (setting, sent) => {
      const store = createMemoryStore()
      const now = () => '2026-03-27T08:00:00.000Z'
      const ledger = createRoomLedger(store, { sdkAppId: 1, now })
      const askAbout = () => undefined
      const receive = createCallbackReceiver({ ledger, store, now, sdkAppId: 1, adminAccount: 'admin', keep: [setting], askAbout })
      const rawBody = JSON.stringify({ CallbackCommand: sent, RoomId: 'r', EventType: 'Online', EventCause: 'Enter', EventTime: 1 })
      const parsed = parseVendorJson(Buffer.from(rawBody))
      if (!parsed.ok) throw new Error(parsed.problem)
      for (let i = 0; i < 2; i += 1)
        expect(await receive({ command: sent, rawBody, body: parsed.value, receivedFrom: '127.0.0.1' })).toEqual({ kind: 'kept' })
      const kept = []
      for await (const { stream } of store.readAll({ prefixes: ['callbackKept-'] })) kept.push(stream)
      expect(kept).toEqual(['callbackKept-Live.CallbackAfterMemberStateChanged'])
    },
  )
})
