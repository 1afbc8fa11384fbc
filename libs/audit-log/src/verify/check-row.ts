import { hash } from 'node:crypto'
import { fromBase64 } from '../base64.js'
import { matches } from '../export/filter.js'
import type { ExportHead, ExportRow } from '../export/format.js'
import { leafText } from '../leaf.js'
import type { FindingKind } from './findings.js'

export interface RowFlaw {
  readonly kind: FindingKind
  readonly message: string
}

/** Whether the content is what the leaf commits to. */
export const flawOfContent = ({ leaf, salt, content }: ExportRow, canonical: string): RowFlaw | undefined => {
  const saltBytes = fromBase64(salt)
  if (!saltBytes) return { kind: 'altered', message: 'was altered: its salt is not as the ledger writes it' }
  const commitment = hash('sha256', Buffer.concat([saltBytes, Buffer.from(canonical)]), 'base64')
  const recordedAt = content.metadata && (content.metadata as Readonly<Record<string, unknown>>)['recordedAt']
  if (leaf === leafText(typeof recordedAt === 'string' ? recordedAt : null, commitment)) return undefined
  return { kind: 'altered', message: 'was altered: its content is not what its leaf commits to' }
}

/** Whether a row belongs into an export of this kind. */
export const flawOfFilter = ({ content, index, proof }: ExportRow, head: ExportHead): RowFlaw | undefined => {
  if (head.filtered !== (index !== undefined && proof !== undefined) || (index === undefined) !== (proof === undefined))
    return {
      kind: 'altered',
      message: head.filtered ? 'has lost its place or its proof' : 'has a place or a proof where the whole log stands',
    }
  const { stream, type, data, metadata } = content
  const event = { stream, type, data: data as never, metadata: metadata as never }
  return matches(head.filter, event)
    ? undefined
    : { kind: 'filter', message: 'does not belong into an export with this filter: it was altered, or the filter in line 1 was' }
}
