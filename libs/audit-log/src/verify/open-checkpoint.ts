import { openCheckpoint, parseCheckpoint, type Checkpoint } from '../notes/checkpoint.js'
import type { Finding } from './findings.js'
import type { Trust } from './trust.js'

export type TrustedCheckpoint =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  /** What it says all the same, for what else can be found. */
  | { readonly ok: false; readonly finding: Pick<Finding, 'kind' | 'message'>; readonly claimed: Checkpoint | undefined }

/** Opens a checkpoint by the trusted keys, or says in a sentence why it is not theirs. @param what begins that sentence */
export const openTrusted = (note: string, trust: Trust, what: string): TrustedCheckpoint => {
  const claimed = parseCheckpoint(note.slice(0, note.lastIndexOf('\n\n') + 1))
  if (!claimed) return { ok: false, finding: { kind: 'key', message: `${what} is no checkpoint as a ledger writes it.` }, claimed }
  const trusted = trust(claimed.origin)
  const opened = openCheckpoint(note, trusted)
  const refused = (kind: 'key' | 'origin', message: string): TrustedCheckpoint => ({ ok: false, finding: { kind, message }, claimed })
  if (!opened.ok) {
    const own = trusted.find(({ name }) => name === claimed.origin)
    if (opened.problem === 'no-known-key' && !own)
      return refused('origin', `${what} is of the ledger ${claimed.origin}; the key given is that of ${trusted[0]?.name ?? 'another'}.`)
    if (opened.problem === 'no-known-key')
      return refused('key', `${what} is not signed by the key given (${trusted.map(({ keyId }) => keyId).join(', ')}), but by another.`)
    return refused('key', `${what} was altered: its signature does not fit.`)
  }
  if (!opened.signedBy.some(({ name }) => name === claimed.origin))
    return refused('origin', `${what} is of the ledger ${claimed.origin}; the key given is that of ${opened.signedBy[0]!.name}.`)
  return { ok: true, checkpoint: opened.checkpoint }
}
