/** @asType integer */
type Integer = number

/** Attributes of a room. A field that is absent was not said; none is ever `null`. */
export interface RoomInfo {
  readonly roomName?: string
  readonly maxMemberCount?: Integer
  readonly isMessageDisabled?: boolean
  readonly coverUrl?: string
  readonly category?: readonly Integer[]
  readonly activityStatus?: Integer
  readonly isPublicVisible?: boolean
  readonly takeSeatMode?: string
  readonly notice?: string
  // The rest is only ever read from the vendor, never asked for (`seatTemplate`: on create).
  readonly roomType?: string
  readonly seatTemplate?: string
  readonly isSeatEnabled?: boolean
  readonly maxSeatCount?: Integer
  readonly customInfo?: string
  readonly backgroundUrl?: string
  readonly isUnlimitedRoomEnabled?: boolean
}

export interface Statistics {
  readonly totalViewers?: Integer
  readonly totalGiftsSent?: Integer
  readonly totalGiftCoins?: Integer
  readonly totalUniqueGiftSenders?: Integer
  readonly totalLikesReceived?: Integer
}

/** What the vendor said of a call. Absent fields were not in its answer (or there was none). */
export interface VendorAnswer {
  readonly requestId?: string
  readonly errorCode?: Integer
  readonly errorInfo?: string
}

export type OperationKind = 'create-room' | 'update-room' | 'change-owner' | 'destroy-room'

/** Who asked for a command: a credential, and the person it says it acts for. */
export interface Requester {
  readonly kind: 'apiKey' | 'oidc'
  readonly id: string
  readonly onBehalfOf?: string
}

/** What a command asks for: `owner` on create, `newOwner` on change-owner, info fields on create and update. */
export interface OperationParameters extends RoomInfo {
  readonly owner?: string
  readonly newOwner?: string
}

interface RequestData {
  readonly operationId: string
  readonly roomId: string
  readonly parameters: OperationParameters
  readonly reason?: string
  readonly requestedBy: Requester
}

/** Facts: what the vendor said happened, by callback or when it was asked. */
export type Fact =
  | {
      /** A room was made; with it a life of the room id begins. */
      readonly type: 'RoomCreated'
      readonly data: { readonly roomId: string; readonly owner?: string; readonly info: RoomInfo }
    }
  | {
      /** Attributes of a room were set: the fields as sent, perhaps to what they were. */
      readonly type: 'RoomUpdated'
      readonly data: { readonly roomId: string; readonly info: RoomInfo }
    }
  | {
      /** A room has another owner. */
      readonly type: 'OwnerChanged'
      readonly data: {
        readonly roomId: string
        /** The owner before, by the word of the vendor; of what reconciliation found, by what the ledger knew. */
        readonly from?: string
        readonly to: string
      }
    }
  | {
      /** A room is gone; with it its life ends. */
      readonly type: 'RoomDestroyed'
      readonly data: {
        readonly roomId: string
        /** The vendor's EventType as sent; `null` when reconciliation found the room gone. */
        readonly cause: string | null
        readonly statistics?: Statistics
        /** The room as it was at its end. */
        readonly lastInfo?: RoomInfo & { readonly owner?: string; readonly viewCount?: Integer }
      }
    }
  | {
      /** Entries of a room's metadata were set. */
      readonly type: 'RoomMetadataSet'
      readonly data: { readonly roomId: string; readonly entries: Readonly<Record<string, string>> }
    }
  | {
      /** Entries of a room's metadata were deleted. */
      readonly type: 'RoomMetadataDeleted'
      readonly data: { readonly roomId: string; readonly keys: readonly string[] }
    }
  | {
      /** Accounts became administrators of a room, or are none any more. */
      readonly type: 'RoomAdminsChanged'
      readonly data: { readonly roomId: string; readonly change: 'add' | 'delete'; readonly admins: readonly string[] }
    }
  | {
      /** The vendor was asked about a room: how it then was, or that it was not there. */
      readonly type: 'RoomObserved'
      readonly data: { readonly roomId: string; readonly exists: boolean; readonly owner?: string; readonly info?: RoomInfo }
    }

/** Requests: written down before the vendor is called. */
export type Request =
  | {
      /** Somebody asked for a room to be made. */
      readonly type: 'RoomCreationRequested'
      readonly data: RequestData
    }
  | {
      /** Somebody asked for attributes of a room to be set. */
      readonly type: 'RoomUpdateRequested'
      readonly data: RequestData
    }
  | {
      /** Somebody asked for another owner. */
      readonly type: 'OwnerChangeRequested'
      readonly data: RequestData
    }
  | {
      /** Somebody asked for a room to be destroyed. */
      readonly type: 'RoomDestructionRequested'
      readonly data: RequestData
    }

/** Outcomes: what became of the call. */
export type Outcome =
  | {
      /** The vendor said OK; the fact that confirms it is yet to come. */
      readonly type: 'RequestAccepted'
      readonly data: { readonly operationId: string; readonly vendor: VendorAnswer; readonly statistics?: Statistics }
    }
  | {
      /** The vendor refused, or did not do what it gave no clear answer to. */
      readonly type: 'RequestRejected'
      readonly data: {
        readonly operationId: string
        readonly vendor: VendorAnswer
        /** Why, where the vendor gave no code of its own. */
        readonly cause?: string
      }
    }
  | {
      /** The vendor gave no clear answer; the service is finding out. */
      readonly type: 'RequestUnresolved'
      readonly data: { readonly operationId: string; readonly cause: string }
    }

export interface Actor {
  readonly kind: 'account' | 'apiClient' | 'system'
  readonly id: string
}

/** The callback a fact came in, byte for byte. */
export interface CallbackEvidence {
  readonly command: string
  readonly clientIp?: string
  readonly optPlatform?: string
  readonly receivedFrom: string
  readonly bodySha256: string
  readonly body: string
}

export type Source = 'callback' | 'command' | 'reconciliation'
export type TimeSource = 'eventTime' | 'createTime' | 'received' | 'observed'

export interface RoomEventMetadata {
  /** Version of the shape of `data`; 1 today. Older ones are upcast on reading. */
  readonly schema: Integer
  /** When it happened: RFC 3339 UTC with milliseconds. For requests and outcomes the time of recording. */
  readonly occurredAt: string
  /** When the service wrote it down; never falls within one process. */
  readonly recordedAt: string
  readonly source: Source
  /** Where `occurredAt` is from. */
  readonly timeSource: TimeSource
  /** For `observed`: the last moment at which the old value was known. */
  readonly occurredAfter?: string
  /** 32 random bytes, base64: lets content be erased later without breaking a proof. */
  readonly salt: string
  /** Who did it: an account of the vendor's, a credential (of this service or of the vendor's REST API), or neither. */
  readonly actor: Actor
  /** The vendor's application. */
  readonly sdkAppId: Integer
  /** The operation that a fact confirms, inferred; see `attribution`. */
  readonly operationId?: string
  /** `ambiguous`: another open operation would have fitted too. */
  readonly attribution?: 'unique' | 'ambiguous'
  /** Of a fact: the life it belongs to as known when it was recorded; 0 = a look at a room that never was there. Absent where it was not written yet. */
  readonly life?: Integer
  readonly callback?: CallbackEvidence
  /** The operation of a request, its outcomes and the fact that confirms it; of other facts their own id. */
  readonly $correlationId?: string
  /** Id of the event that led to this one. */
  readonly $causationId?: string
}

/** An event of a room stream as it is read back. */
export type RoomEvent = (Fact | Request | Outcome) & {
  readonly id: string
  readonly revision: number
  readonly position: string
  readonly metadata: RoomEventMetadata
}
export type RecordedFact = RoomEvent & Fact

/** Every type of fact. */
export const factTypes = [
  'RoomCreated',
  'RoomUpdated',
  'OwnerChanged',
  'RoomDestroyed',
  'RoomMetadataSet',
  'RoomMetadataDeleted',
  'RoomAdminsChanged',
  'RoomObserved',
] as const satisfies readonly Fact['type'][]
const isFactType = new Set<string>(factTypes)

/** Tells facts from requests and outcomes. */
export const isFact = (event: { readonly type: string }): event is RecordedFact => isFactType.has(event.type)

/** The version of the shape of `data` that is written today. */
export const currentSchema = 1

/** How the shape of each older version becomes the next one. Empty: version 1 is the first. */
const upcasters: Readonly<Record<number, (event: RoomEvent) => RoomEvent>> = {}

/**
 * Brings an event that an older version wrote into today's shape; what is stored stays as it is.
 * @throws when the event was written by a newer version than this one: reading on would misread it.
 */
export const upcast = (event: RoomEvent): RoomEvent => {
  const { schema } = event.metadata
  if (schema > currentSchema)
    throw new Error(`event ${event.id} has schema ${schema}; this version reads up to ${currentSchema}: update Room Ledger`)
  let current = event
  for (let version = schema; version < currentSchema; version += 1) current = upcasters[version]!(current)
  return current
}
