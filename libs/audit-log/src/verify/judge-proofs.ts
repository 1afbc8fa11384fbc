import type { Checkpoint } from '../notes/checkpoint.js'
import type { Findings } from './findings.js'
import { ofEvent } from './name-places.js'
import type { ReadExport } from './read-export.js'

/** Of a filtered export: whether each row's proof leads to the root. */
export const judgeProofs = (findings: Findings, { head, proven, lineOf, ids }: ReadExport, { size, root }: Checkpoint): boolean => {
  // Without the right size no proof can be read; that is said already.
  if (head?.size !== size) return false
  const expected = root.toString('base64')
  for (const [reached, places] of proven) {
    if (reached === expected) continue
    for (const place of places) {
      const line = lineOf(place)
      const eventId = ids.at(place)
      if (!findings.hasLine(line))
        findings.add({
          kind: 'proof',
          line,
          ...(eventId !== undefined && { eventId }),
          message: `Line ${line}${ofEvent(eventId)} was altered: its leaf, its place or its proof does not lead to the signed root.`,
        })
    }
  }
  return [...proven.keys()].every((reached) => reached === expected)
}
