import type { RecordedEvent } from '#event-store'

/**
 * What the projections emit, where EventStoreDB runs them. It is made anew from the log of the target; events that anyone
 * else writes into an emitted stream put the server's projection into a fault.
 */
const derived = new Set(['roomHistory-', 'ownerTrail-'])

/** What the ledger's proofs are made over: none of it may stand in the target unless it comes from the source. */
const ledger: readonly string[] = ['room-', 'callbackQuarantine-', 'callbackKept-', 'auditAccess', 'erasures']

/** `room-` of `room-demo`: what the streams of one kind have in common. A name without a dash is its own kind. */
export const kindOf = (stream: string): string => stream.slice(0, stream.indexOf('-') + 1 || undefined)

/** Events that are the ledger's own, and so are migrated. */
export const isOwn = ({ stream }: RecordedEvent): boolean => !derived.has(kindOf(stream))

/** The streams of which source and target must hold exactly the same. */
export interface Scope {
  readonly prefixes: readonly string[]
  holds(event: RecordedEvent): boolean
}

/** @param kinds of the streams that the source has; a log without any kind of the ledger's is no ledger, and may come beside one */
export const scopeOf = (kinds: ReadonlySet<string>): Scope => {
  const isLedger = kinds.size === 0 || ledger.some((kind) => kinds.has(kind))
  const held = new Set([...kinds, ...(isLedger ? ledger : [])])
  return { prefixes: [...held], holds: ({ stream }) => held.has(kindOf(stream)) }
}

/** A log without the events that are not looked for. */
export async function* only(
  events: AsyncIterable<RecordedEvent>,
  wanted: (event: RecordedEvent) => boolean,
): AsyncGenerator<RecordedEvent> {
  for await (const event of events) if (wanted(event)) yield event
}
