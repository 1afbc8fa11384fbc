import type { DatabaseSync } from 'node:sqlite'
import { atOnce, logCheckpointWriter, type RecordedEvent } from '#event-store'
import { isAudited } from '../audited.js'
import { leafOf } from '../leaf.js'
import { createGrowingTree } from '../merkle/growing-tree.js'
import { hashLeaf } from '../merkle/hash.js'
import { consistencyProof, inclusionProof } from '../merkle/proofs.js'
import { storedCount, storedIndex } from '../merkle/stored-nodes.js'
import { openNodeList } from './node-list.js'

export type StoredTree = ReturnType<typeof openStoredTree>

/** The tree as the file holds it. */
export const openStoredTree = (db: DatabaseSync) => {
  const readSize = db.prepare('SELECT size FROM tree')
  const writeSize = db.prepare('UPDATE tree SET size = ?')
  // An id that stands twice in a log is found where it first stood.
  const place = db.prepare('INSERT OR IGNORE INTO places VALUES (?, ?)')
  const find = db.prepare('SELECT place FROM places WHERE event_id = ?')
  const writeCheckpoint = logCheckpointWriter(db)
  const load = () => {
    const size = Number(readSize.get()?.['size'])
    const nodes = openNodeList(db, storedCount(size))
    return { nodes, tree: createGrowingTree(size, nodes.read), size }
  }
  let held = load()

  const write = (events: readonly RecordedEvent[]): void => {
    const { nodes, tree } = held
    for (const event of events) {
      if (!isAudited(event.stream)) continue
      place.run(keyOf(event.id), tree.size)
      for (const node of tree.append(hashLeaf(leafOf(event).leaf)).nodes) nodes.push(node)
    }
    nodes.flush()
    writeSize.run(tree.size)
    writeCheckpoint(events.at(-1)!)
  }
  const within = (size: number): void => {
    if (!Number.isSafeInteger(size) || size < 0 || size > held.size) throw new RangeError(`the tree has ${held.size} leaves, not ${size}`)
  }
  return {
    /** Adds what of these is audited, and remembers how far the log has been read; all or nothing. */
    take: (events: readonly RecordedEvent[]): void => {
      try {
        atOnce(db, () => write(events))
        held.size = held.tree.size
      } catch (error) {
        // What is held has grown already, what is stored has not.
        if (db.isOpen) held = load()
        throw error
      }
    },
    size: (): number => held.size,
    root: (size: number): Buffer => {
      within(size)
      return held.tree.root(size)
    },
    leafHash: (index: number): Buffer => {
      within(index + 1)
      return Buffer.from(held.nodes.read(storedIndex(0, index)))
    },
    indexOf: (eventId: string): number | undefined => {
      const found = find.get(keyOf(eventId))?.['place']
      return found === undefined ? undefined : Number(found)
    },
    inclusion: (index: number, size: number): Buffer[] => {
      within(size)
      return inclusionProof(index, size, held.nodes.read)
    },
    consistency: (from: number, to: number): Buffer[] => {
      within(to)
      return consistencyProof(from, to, held.nodes.read)
    },
  }
}

/** Ids are UUIDs as a rule: as bytes they take half the room. */
const keyOf = (eventId: string): string | Buffer =>
  /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(eventId) ? Buffer.from(eventId.replaceAll('-', ''), 'hex') : eventId
