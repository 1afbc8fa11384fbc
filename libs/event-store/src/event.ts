/** JSON as it is stored: no `undefined`, no `Date`, no functions. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

/** An event that is about to be appended. */
export interface EventToAppend {
  /** A UUID. Appending the same id again with the same expectation is a retry, not a second event. */
  readonly id: string
  readonly type: string
  readonly data: JsonObject
  readonly metadata: JsonObject
}

/** An event as the store gives it back. */
export interface RecordedEvent extends EventToAppend {
  readonly stream: string
  /** Place in its stream: 0 for the first, then one more each. */
  readonly revision: number
  /** Place in the whole log. Grows from event to event, with holes; only its order means anything. */
  readonly position: bigint
}
