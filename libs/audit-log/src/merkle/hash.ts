import { hash } from 'node:crypto'

// RFC 6962 §2.1: leaves and nodes begin with another byte, so that none can be passed off as the other.
const leafPrefix = Buffer.from([0])
const nodePrefix = Buffer.from([1])

/** Bytes of a hash. */
export const hashSize = 32

/** The root of a tree without leaves. */
export const emptyRoot: Buffer = hash('sha256', '', 'buffer')

/** SHA-256 of 0x00 and the leaf's bytes; a text counts as UTF-8. */
export const hashLeaf = (leaf: string | Uint8Array): Buffer =>
  hash('sha256', typeof leaf === 'string' ? `\0${leaf}` : Buffer.concat([leafPrefix, leaf]), 'buffer')

/** SHA-256 of 0x01 and both children. */
export const hashNode = (left: Uint8Array, right: Uint8Array): Buffer => hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer')
