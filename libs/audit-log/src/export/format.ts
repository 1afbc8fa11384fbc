import { hash, type Hash } from 'node:crypto'
import { canonicalJson } from '../canonical-json.js'
import type { LeafContent } from '../leaf.js'
import type { ExportFilter } from './filter.js'

/** The form of the export; a reader refuses others. */
export const exportVersion = 1

/** The first line: what was asked for. */
export interface ExportHead {
  readonly roomLedgerExport: number
  readonly filtered: boolean
  readonly filter: ExportFilter
  /** Leaves of the tree that the export was made at: the size of its checkpoint. */
  readonly size?: number
  /** Origin of the ledger. */
  readonly origin?: string
  /** The last line has a seal: one that was taken away is missed. */
  readonly sealed?: boolean
}

/** A line in between: one event. */
export interface ExportRow {
  /** Canonical JSON, byte for byte what was hashed. */
  readonly leaf: string
  readonly salt: string
  readonly content: LeafContent
  /** Of filtered exports: place among the leaves, and the proof that it is there, base64. */
  readonly index?: number
  readonly proof?: readonly string[]
}

/** The last line. A file without it was cut off. */
export interface ExportEnd {
  /** Signed note of the tree that the export was made at. */
  readonly checkpoint: string
  /** How many events there are before this line. */
  readonly events: number
  /** Base64 of the first four bytes of the hash of each leaf, in order: tells where a file was altered, never whether. */
  readonly leaves?: string
  /** Signed note over the lines before this one; see `sealBody`. */
  readonly seal?: string
}

/** The text of a line, without its line break. Each has one form only, so that nothing in it can be altered unseen. */
export const headLine = ({ roomLedgerExport, filtered, filter, size, origin, sealed }: ExportHead): string =>
  JSON.stringify({ roomLedgerExport, filtered, filter: JSON.parse(canonicalJson(filter)), size, origin, sealed })

export const rowLine = ({ leaf, salt, content, index, proof }: ExportRow): string =>
  rowText(leaf, salt, canonicalJson(content), index, proof)

/** @param content canonical JSON */
export const rowText = (leaf: string, salt: string, content: string, index?: number, proof?: readonly string[]): string => {
  const place = index === undefined ? '' : `,"index":${index},"proof":${JSON.stringify(proof)}`
  return `{"leaf":${JSON.stringify(leaf)},"salt":${JSON.stringify(salt)},"content":${content}${place}}`
}

export const endLine = ({ checkpoint, events, leaves, seal }: ExportEnd): string => JSON.stringify({ checkpoint, events, leaves, seal })

/** Bytes of a leaf's hash that `leaves` has. */
export const hintSize = 4

/** What the ledger says of a whole export: so that also a filter, and what is missing from a filtered one, cannot be altered later. */
export interface ExportSeal {
  readonly origin: string
  readonly size: number
  readonly events: number
  /** SHA-256 over every byte before the last line, base64. */
  readonly sha256: string
  /** SHA-256 of what `leaves` has, base64. */
  readonly leavesSha256: string
}

/** The text of the note that seals an export. Its second line is no number, so that no checkpoint can be made of it. */
export const sealBody = ({ origin, size, events, sha256, leavesSha256 }: ExportSeal): string =>
  `${origin}\nexport ${exportVersion} of ${size} leaves\nevents ${events}\nsha256 ${sha256}\nleaves ${leavesSha256}\n`

/** Adds up what a seal is over: every line, with its line break. */
export const addLine = (sum: Hash, line: string | Uint8Array): void => void sum.update(line).update('\n')

export const hashHints = (hints: Uint8Array): string => hash('sha256', hints, 'base64')
