import { copyFileSync, existsSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../../event-store/test/memory-store.js'
import { openAuditLog, verifyConsistency, verifyInclusion } from '../src/index.js'
import { caughtUp, folderForTest, following, leafHashesByHand, record, rootByHand, someEvent, storeForTest } from './support/ledger.js'

const audited = ['room-a', 'room-b', 'callbackQuarantine-x', 'callbackKept-y', 'auditAccess', 'erasures']
const others = ['roomHistory-a', 'ownerTrail-a', 'consumers-1', 'auditCheckpoints', 'auditKeys', 'auditAccessToo', 'erasures-1']

describe('the tree that follows the log', () => {
  it('given events of all kinds, when they are recorded, then the audited ones are its leaves in recorded order', async () => {
    const store = await storeForTest()
    const auditLog = await following(store)
    const ids = await record(store, ...audited, ...others, ...audited.toReversed(), ...others)
    await caughtUp(auditLog)
    const { size, root } = await rootByHand(store)
    expect([auditLog.status().size, auditLog.root(size)]).toEqual([size, root])
    expect(size).toBe(12)
    expect(ids.map((id) => auditLog.indexOf(id))).toEqual([
      0,
      1,
      2,
      3,
      4,
      5,
      ...others.map(() => undefined),
      6,
      7,
      8,
      9,
      10,
      11,
      ...others.map(() => undefined),
    ])
    expect((await leafHashesByHand(store)).every((hash, index) => hash.equals(auditLog.leafHash(index)))).toBe(true)
  })

  it('given every size up to 40, then each leaf and each earlier tree is proven, and sizes beyond are refused', async () => {
    const store = createMemoryStore()
    const auditLog = await following(store)
    await record(store, ...Array.from({ length: 40 }, (_, n) => `room-${n % 3}`))
    await caughtUp(auditLog)
    for (let size = 1; size <= 40; size += 1) {
      const root = auditLog.root(size)
      for (let index = 0; index < size; index += 1)
        expect(verifyInclusion({ index, size, leafHash: auditLog.leafHash(index), proof: auditLog.inclusion(index, size), root })).toBe(
          true,
        )
      for (let from = 1; from <= size; from += 1)
        expect(
          verifyConsistency({ from, to: size, fromRoot: auditLog.root(from), toRoot: root, proof: auditLog.consistency(from, size) }),
        ).toBe(true)
    }
    expect(() => auditLog.root(41)).toThrow(RangeError)
    expect(() => auditLog.root(1.5)).toThrow(RangeError)
    expect(() => auditLog.leafHash(40)).toThrow(RangeError)
    expect(() => auditLog.leafHash(-1)).toThrow(RangeError)
    expect(() => auditLog.inclusion(3, 41)).toThrow(RangeError)
    expect(() => auditLog.inclusion(3, 3)).toThrow(RangeError)
    expect(() => auditLog.consistency(4, 3)).toThrow(RangeError)
    expect(auditLog.indexOf('nobody')).toBeUndefined()
  })

  it('given ids that are no UUIDs in small letters, then each is found, and only itself', async () => {
    const store = createMemoryStore()
    const auditLog = await following(store)
    const ids = ['0F2C6F0E-6A51-5C0B-9A44-3F0A7F1D5B7E', '0f2c6f0e-6a51-5c0b-9a44-3f0a7f1d5b7e', 'not a UUID', 'é']
    for (const [n, id] of ids.entries()) await store.append(`room-${n}`, [someEvent(n, id)], 'noStream')
    await caughtUp(auditLog)
    expect(ids.map((id) => auditLog.indexOf(id))).toEqual([0, 1, 2, 3])
  })
})

describe('a tree that is opened again', () => {
  const given = async () => {
    const store = await storeForTest()
    await record(store, ...Array.from({ length: 300 }, (_, n) => `room-${n % 7}`))
    const file = join(folderForTest(), 'deep', 'audit.db')
    const auditLog = await following(store, { file })
    await caughtUp(auditLog)
    await auditLog.stop()
    return { store, file }
  }

  it('given one that stopped, then it answers before it follows, and grows on', async () => {
    const { store, file } = await given()
    const before = await rootByHand(store)
    const auditLog = await following(store, { file })
    expect(auditLog.root(300)).toEqual(before.root)
    await record(store, 'room-new', 'erasures')
    await caughtUp(auditLog)
    expect(auditLog.root(302)).toEqual((await rootByHand(store)).root)
    expect(auditLog.root(300)).toEqual(before.root)
    expect(auditLog.messages).toEqual([])
  })

  const alter = (file: string, sql: string): void => {
    const db = new DatabaseSync(file)
    db.exec(sql)
    db.close()
  }
  it.each<[string, (file: string) => void]>([
    ['is gone', (file) => rmSync(file)],
    ['is text', (file) => writeFileSync(file, 'no database at all, but long enough to be taken for one\n'.repeat(99))],
    ['ends in the middle', (file) => truncateSync(file, 4096 * 2)],
    ['has another format', (file) => alter(file, 'PRAGMA user_version = 99')],
    ['has a node altered', (file) => alter(file, 'UPDATE nodes SET hashes = zeroblob(4096) WHERE chunk = 1')],
    ['tells of another size', (file) => alter(file, 'UPDATE tree SET size = 299')],
  ])('given a file that %s, then it is made anew, and the root is the same', async (_, damage) => {
    const { store, file } = await given()
    damage(file)
    const auditLog = await following(store, { file })
    await caughtUp(auditLog)
    expect(auditLog.root(300)).toEqual((await rootByHand(store)).root)
  })

  it('given the file of another ledger, then it is made anew', async () => {
    const { file } = await given()
    const store = await storeForTest()
    await record(store, 'room-a', 'room-b')
    const auditLog = await following(store, { file })
    await caughtUp(auditLog)
    expect(auditLog.messages.join()).toContain('another log')
    expect([auditLog.status().size, auditLog.root(2)]).toEqual([2, (await rootByHand(store)).root])
  })

  it('given any batches, stops, kills and rebuilds, when caught up, then the root is that of the log by hand', async () => {
    const step = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          kind: fc.constant('record' as const),
          streams: fc.array(fc.constantFrom(...audited, ...others), { maxLength: 30 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('stop' as const, 'kill' as const, 'rebuild' as const) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 1, max: 40 }), async (steps, batchSize) => {
        const store = createMemoryStore()
        let file = join(folderForTest(), 'audit.db')
        let auditLog = await openAuditLog({ store, file, batchSize })
        await auditLog.start()
        for (const one of steps) {
          if (one.kind === 'record') await record(store, ...one.streams)
          else if (one.kind === 'rebuild') await auditLog.rebuild()
          else {
            // What lies on the disk while somebody has it open is what a kill leaves.
            const left = join(folderForTest(), 'audit.db')
            if (one.kind === 'kill') for (const end of ['', '-wal']) if (existsSync(file + end)) copyFileSync(file + end, left + end)
            await auditLog.stop()
            if (one.kind === 'kill') file = left
            auditLog = await openAuditLog({ store, file, batchSize })
            await auditLog.start()
          }
        }
        await caughtUp(auditLog)
        const { size, root } = await rootByHand(store)
        expect([auditLog.status().size, auditLog.root(size)]).toEqual([size, root])
        await auditLog.stop()
      }),
      { numRuns: 40 },
    )
  })
})
