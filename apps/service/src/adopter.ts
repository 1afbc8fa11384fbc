import { createClock, createTurns } from '#event-store'
import { createLiveEngine, problemForVendorCode, type VendorFailure } from '#live-engine'
import { loadSettings, type Environment } from '#platform'
import { openStore } from './adapters.js'
import { createRoomLedger } from './ledger/room-ledger.js'
import { reconcile } from './settlement/settle.js'

/** What became of one room; `unclear`: the vendor may answer another time; `hopeless`: nobody's question will be answered. */
export type Adoption =
  | { readonly outcome: 'adopted' | 'known' | 'absent' }
  | { readonly outcome: 'failed' | 'unclear' | 'hopeless'; readonly reason: string; readonly retryAfterMs?: number }

/** The vendor's public rooms, page by page. */
export type ListedRooms = { readonly roomIds: readonly string[]; readonly next: string } | Extract<Adoption, { readonly reason: string }>

/**
 * Opens the store for adopting rooms while no service has it, or beside services where it is EventStoreDB: all go by the
 * expected revision. `room-ledger adopt` loads this file by its address, like the service (docs/adr/005).
 * @throws SettingsError
 * @throws Error when the store cannot be opened
 */
export const openAdopter = async (env: Environment, warn: (message: string) => void) => {
  const settings = loadSettings(env)
  const store = await openStore(settings, (level, message) => void (level === 'warn' && warn(message)))
  const live = createLiveEngine(settings.live)
  const { timestamp: now } = createClock()
  const ledger = createRoomLedger(store, { sdkAppId: settings.live.sdkAppId, now })
  const parts = { live, ledger, now, inTurn: createTurns().inTurn }
  return {
    adopt: async (roomId: string): Promise<Adoption> => {
      const result = await reconcile(parts, roomId)
      if (result.outcome !== 'looked') return failed(result.failure)
      return { outcome: !result.exists ? 'absent' : result.adopted ? 'adopted' : 'known' }
    },
    /** @param next empty for the first page */
    list: async (next: string): Promise<ListedRooms> => {
      const page = await live.getRoomList({ next, count: 20 })
      return page.outcome === 'ok' ? { roomIds: page.rooms.map(({ roomId }) => roomId), next: page.next } : failed(page)
    },
    close: async (): Promise<void> => {
      await live.close()
      await store.close()
    },
  }
}

const failed = (failure: VendorFailure): Extract<Adoption, { readonly reason: string }> => {
  const { errorCode, errorInfo = '' } = failure.vendor ?? {}
  const cause = 'cause' in failure ? ` (${failure.cause})` : ''
  const retryAfterMs = 'retryAfterMs' in failure ? { retryAfterMs: failure.retryAfterMs } : {}
  if (errorCode === undefined) return { outcome: 'unclear', reason: `the vendor gave no clear answer${cause}`, ...retryAfterMs }
  const { type } = problemForVendorCode(errorCode)
  const outcome = type === 'vendor-configuration' ? 'hopeless' : failure.outcome === 'refused' ? 'failed' : 'unclear'
  return { outcome, reason: `the vendor says ${errorCode} ${errorInfo}` }
}
