import { expect, it } from 'vitest'
import { derivedFile, type RecordedEvent } from '#event-store'
import { hashLeaf, leafOf } from '../src/index.js'
import { openStoredTree } from '../src/log/stored-tree.js'
import { auditTables } from '../src/log/tables.js'
import { grown } from './given.js'
import { someEvent } from './support/ledger.js'

const event = (n: number): RecordedEvent => ({ ...someEvent(n), stream: 'room-a', revision: n, position: BigInt(n) })

it('given a batch that fails in its middle, then nothing of it stays, neither stored nor held, and the next one finds the tree whole', () => {
  const db = derivedFile(':memory:', auditTables, () => {}).makeAnew()
  const tree = openStoredTree(db)
  const first = Array.from({ length: 200 }, (_, n) => event(n))
  tree.take(first)
  const root = tree.root(200)
  const broken = { ...event(201), id: {} } as unknown as RecordedEvent
  expect(() => tree.take([event(200), broken])).toThrow(TypeError)
  expect([tree.size(), tree.root(200)]).toEqual([200, root])

  const next = [event(200), event(201)]
  tree.take(next)
  const byHand = grown([...first, ...next].map((one) => Buffer.from(leafOf(one).leaf)))
  expect(tree.root(202)).toEqual(byHand.tree.root())
  expect(tree.leafHash(200)).toEqual(hashLeaf(leafOf(next[0]!).leaf))
  expect(openStoredTree(db).root(202)).toEqual(byHand.tree.root())
  db.close()
})
