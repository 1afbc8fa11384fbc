import type { DatabaseSync } from 'node:sqlite'
import { hashSize } from '../merkle/hash.js'
import { nodesAChunk } from './tables.js'

/** The tree's nodes as a list that only grows, many to a row. */
export interface NodeList {
  /** @throws RangeError when there is none */
  read(place: number): Buffer
  /** Adds at the end; stored with the next `flush`, which belongs into a transaction. */
  push(node: Buffer): void
  flush(): void
}

/** @param count how many there are */
export const openNodeList = (db: DatabaseSync, count: number): NodeList => {
  const find = db.prepare('SELECT hashes FROM nodes WHERE chunk = ?')
  const put = db.prepare('INSERT OR REPLACE INTO nodes VALUES (?, ?)')
  const load = (chunk: number): Buffer => {
    const hashes = find.get(chunk)?.['hashes']
    return hashes instanceof Uint8Array ? Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength) : Buffer.alloc(0)
  }
  let length = count
  /** The chunk at the end, and the full ones before it that are not stored yet. */
  const pending = new Map<number, Buffer>()
  const tailOf = (chunk: number): Buffer => {
    const held = pending.get(chunk)
    if (held) return held
    const tail = Buffer.alloc(nodesAChunk * hashSize)
    if (length % nodesAChunk > 0) load(chunk).copy(tail)
    pending.set(chunk, tail)
    return tail
  }
  return {
    read: (place) => {
      const chunk = Math.floor(place / nodesAChunk)
      const start = (place % nodesAChunk) * hashSize
      const hashes = pending.get(chunk) ?? load(chunk)
      if (!(place >= 0 && place < length) || hashes.length < start + hashSize) throw new RangeError(`the tree has no node ${place}`)
      return hashes.subarray(start, start + hashSize)
    },
    push: (node) => {
      node.copy(tailOf(Math.floor(length / nodesAChunk)), (length % nodesAChunk) * hashSize)
      length += 1
    },
    flush: () => {
      const last = Math.floor(length / nodesAChunk)
      for (const [chunk, hashes] of pending) {
        put.run(chunk, hashes.subarray(0, Math.min(nodesAChunk, length - chunk * nodesAChunk) * hashSize))
        if (chunk < last) pending.delete(chunk)
      }
    },
  }
}
