import type { Statistics } from '#room'
import type { SettableInfo } from '../room-info.js'
import type { Admission } from './admission.js'
import type { BreakerState } from './breaker.js'
import type { ConfigurationFault } from './configuration-faults.js'
import type { Permit } from './rate-limiter.js'
import type { VendorResult } from './result.js'
import type { VendorRoom } from './vendor-room.js'

export interface LiveEngineSettings {
  /** For example `https://adminapisgp.im.qcloud.com`; the host depends on the application's region (trtc 63398). */
  readonly baseUrl: string
  readonly sdkAppId: number
  readonly adminAccount: string
  readonly secretKey: string
  /** For one call with all its repetitions; the vendor itself takes up to 3000. */
  readonly timeoutMs: number
  /** Calls a second that may be made of each API; 200 by default, as the vendor allows an application (trtc 63398). */
  readonly rateLimit?: number
  /** Unix milliseconds; the clock that UserSigs are dated by. */
  readonly now?: () => number
  /** Told of every answer to a call, or of the lack of one; repetitions count. */
  readonly onAnswer?: (command: string, outcome: VendorResult['outcome']) => void
  /** Told of every call that was not made. */
  readonly onHeld?: (command: string, cause: 'busy' | 'away') => void
  /** Told of what is wrong with the configuration: of each code at most once a minute. */
  readonly onConfigurationFault?: (fault: ConfigurationFault) => void
}

/** How the vendor looks from here. */
export interface LiveEngineStatus {
  /** `open` = it could not be reached of late and no call is made; `probing` = one call finds out whether it is back. */
  readonly breaker: BreakerState
  /** Calls that wait for their turn, by command. */
  readonly queues: Readonly<Record<string, number>>
  /** The youngest fault of the configuration that has not been mended since. */
  readonly configurationFault?: ConfigurationFault | undefined
}

/** The answer to a write; `statistics` only ever after a destroy, and not in older editions. */
export type VendorCallResult = VendorResult<{ readonly statistics?: Statistics }>

export type WriteCommand = 'createRoom' | 'updateRoomInfo' | 'changeRoomOwner' | 'destroyRoom'

/**
 * The vendor's REST API. No call throws for the vendor's sake: whatever comes back, or does not, is a value. Writes
 * whose outcome is not known are not repeated.
 */
export interface LiveEngine {
  /**
   * Asks for a place for one write, before anything is promised to anybody. With the permit that write is made, after a wait
   * of at most 2 s for its turn, even if the vendor is found to be away meanwhile. A permit that is not used is released.
   */
  readonly admit: (command: WriteCommand) => Promise<Admission>
  /** This and the other writes: with a permit; without one they ask for their own, and may end as `held`. */
  readonly createRoom: (
    room: { roomId: string; seatTemplate: string; owner?: string; info: Omit<SettableInfo, 'notice'> },
    permit?: Permit,
  ) => Promise<VendorCallResult>
  readonly updateRoomInfo: (change: { roomId: string; info: SettableInfo }, permit?: Permit) => Promise<VendorCallResult>
  readonly changeRoomOwner: (change: { roomId: string; newOwner: string }, permit?: Permit) => Promise<VendorCallResult>
  readonly destroyRoom: (room: { roomId: string }, permit?: Permit) => Promise<VendorCallResult>
  readonly getRoomInfo: (room: { roomId: string }) => Promise<VendorResult<{ readonly room: VendorRoom }>>
  /** Public rooms only. `next` is empty for the first page and after the last; `count` at most 20. */
  readonly getRoomList: (page: {
    next: string
    count: number
  }) => Promise<VendorResult<{ readonly rooms: readonly VendorRoom[]; readonly next: string }>>
  /** The same vendor, limits and all, for what nobody waits for: its reads let the others go first. */
  readonly inBackground: () => LiveEngine
  readonly status: () => LiveEngineStatus
  /** Waits no longer for answers: calls in flight, and any made later, end as `unknown` with the cause `shutdown`. */
  readonly cutOff: () => void
  /** Waits for the calls in flight. */
  readonly close: () => Promise<void>
}
