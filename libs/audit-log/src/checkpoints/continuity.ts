import type { AuditLog } from '../audit-log.js'
import { openCheckpoint } from '../notes/checkpoint.js'
import type { Verifier } from '../notes/verifier.js'

/** What somebody remembers of the log. */
export interface Remembered {
  readonly size: number
  readonly root: Buffer
}

/**
 * Whether the log goes on where that left it: what it had then is still there, and in its place.
 * @returns what speaks against it, in words; undefined when it does
 */
export const whyNoContinuation = (
  auditLog: Pick<AuditLog, 'status' | 'root'>,
  { size, root }: Remembered,
  who: string,
): string | undefined => {
  const { size: have } = auditLog.status()
  if (have < size) return `${who} has a checkpoint of ${size} events, the log has ${have}`
  const now = auditLog.root(size)
  if (now.equals(root)) return undefined
  return `${who} has a checkpoint of ${size} events with the root ${root.toString('base64')}, those in the log have ${now.toString('base64')}`
}

/** Reads what a sink remembers. `flaw`: it is no checkpoint of this ledger. */
export const readRemembered = (
  note: string,
  verifiers: readonly Verifier[],
  origin: string,
): { readonly remembered: Remembered } | { readonly flaw: string } => {
  const opened = openCheckpoint(note, verifiers)
  if (!opened.ok) return { flaw: `holds no checkpoint that a key of this ledger has signed (${opened.problem})` }
  const { checkpoint } = opened
  return checkpoint.origin === origin ? { remembered: checkpoint } : { flaw: `holds a checkpoint of another log, ${checkpoint.origin}` }
}
