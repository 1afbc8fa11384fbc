import { createHash } from 'node:crypto'
import type { Json, RecordedEvent } from '#event-store'
import { fromBase64 } from './base64.js'
import { canonicalJson } from './canonical-json.js'

/** What an event says, without what hides it. */
export interface LeafContent {
  readonly id: string
  readonly stream: string
  readonly revision: number
  readonly type: string
  readonly data: Json
  /** Without `salt`. */
  readonly metadata: Json
}

export interface Leaf {
  /** Canonical JSON: the very text that is hashed. */
  readonly leaf: string
  /** Base64; empty where the event has none. */
  readonly salt: string
  readonly content: LeafContent
}

/**
 * The leaf of an event (contract §8, docs/reference/audit-format.md). Every event has one, also one that others wrote:
 * without a salt that is base64 the salt is empty, and what stands there stays in the metadata; without a textual
 * `recordedAt` the leaf says null.
 */
export const leafOf = ({ id, stream, revision, type, data, metadata }: RecordedEvent): Leaf => {
  const { salt: found, ...rest } = isObject(metadata) ? metadata : {}
  const salt = typeof found === 'string' && fromBase64(found) ? found : undefined
  const content = { id, stream, revision, type, data, metadata: salt === undefined ? metadata : rest }
  const recordedAt = typeof rest['recordedAt'] === 'string' ? rest['recordedAt'] : null
  return { leaf: leafText(recordedAt, commitmentOf(salt ?? '', content)), salt: salt ?? '', content }
}

// The types say so; what others put into the store need not be.
const isObject = (metadata: unknown): boolean => typeof metadata === 'object' && metadata !== null

/**
 * Base64 of SHA-256(salt bytes ‖ canonical JSON of the content). Who does not know the salt cannot tell what is committed
 * to, not even by trying every likely content.
 *
 * @param salt base64
 */
export const commitmentOf = (salt: string, content: unknown): string =>
  createHash('sha256').update(salt, 'base64').update(canonicalJson(content)).digest('base64')

/** The canonical JSON of a leaf, written out: its members are few and known. */
export const leafText = (recordedAt: string | null, commitment: string): string =>
  `{"commitment":"${commitment}","recordedAt":${JSON.stringify(recordedAt)},"v":1}`
