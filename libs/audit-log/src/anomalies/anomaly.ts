import type { Actor, OperationKind, Requester } from '#room'

export const anomalyKinds = ['owner-gap', 'late-callback', 'changed-after-destroy', 'confirmed-by-reconciliation', 'new-operator'] as const
export type AnomalyKind = (typeof anomalyKinds)[number]

interface Shown {
  readonly roomId: string
  readonly occurredAt: string
  readonly recordedAt: string
  /** The events that show it, in the order in which they count; the last one is the odd one. */
  readonly eventIds: readonly string[]
}

/** The owner before is not the one that the vendor names: a change is missing. */
export interface OwnerGap extends Shown {
  readonly kind: 'owner-gap'
  readonly life: number
  readonly expected: string | null
  readonly found: string
}

/** A callback that was written down long after what it tells of. */
export interface LateCallback extends Shown {
  readonly kind: 'late-callback'
  readonly life: number
  readonly type: string
  /** Milliseconds from the happening to the recording. */
  readonly delayMs: number
}

/** A room that had ended, and of which something was told, or seen, that is younger than its end. */
export interface ChangedAfterDestroy extends Shown {
  readonly kind: 'changed-after-destroy'
  /** The life that had ended. */
  readonly life: number
  readonly type: string
  readonly actor: Actor
  readonly destroyedAt: string
}

/** An operation of which no callback told that it was done: a look at the vendor did. */
export interface ConfirmedByReconciliation extends Shown {
  readonly kind: 'confirmed-by-reconciliation'
  readonly operationId: string
  readonly operation: OperationKind
  readonly requestedBy: Requester
  /** What was asked for and not even the look showed. */
  readonly unverified?: readonly string[]
}

/** Somebody acted in a room who never had before. */
export interface NewOperator extends Shown {
  readonly kind: 'new-operator'
  /** Of a fact; a request belongs to none. */
  readonly life?: number
  readonly type: string
  readonly actor: Actor
  /** Whom the credential said it acts for. */
  readonly onBehalfOf?: string
  /** An earlier fact had named this account as an owner or administrator of the room. */
  readonly namedBefore: boolean
}

export type Anomaly = OwnerGap | LateCallback | ChangedAfterDestroy | ConfirmedByReconciliation | NewOperator
