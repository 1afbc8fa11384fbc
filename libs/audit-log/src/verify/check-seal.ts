import { hashHints, sealBody, type ExportSeal } from '../export/format.js'
import { openNote } from '../notes/note.js'
import type { Verifier } from '../notes/verifier.js'

export interface SealCheck {
  /** The lines before the last are, byte for byte, what was sealed. */
  readonly whole: boolean
  /** What `leaves` has is what was sealed, so that it can be relied on in naming places. */
  readonly leavesWhole: boolean
  /** Why the seal itself is worth nothing. */
  readonly problem?: string
}

/** Holds a seal against what was read. */
export const checkSeal = (seal: string, trusted: readonly Verifier[], read: ExportSeal, hints: Uint8Array): SealCheck => {
  const opened = openNote(seal, trusted)
  if (!opened.ok) {
    const problem = opened.problem === 'no-known-key' ? 'is not signed by the key given' : 'was altered: its signature does not fit'
    return { whole: false, leavesWhole: false, problem }
  }
  return {
    whole: opened.body === sealBody(read),
    leavesWhole: opened.body.endsWith(`\nleaves ${hashHints(hints)}\n`),
  }
}
