import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { adoptKey, createAuditor, openAuditLog, openCheckpointStream, verifierOf, type AuditLog } from '#audit-log'
import type { EventStore } from '#event-store'
import { openEsdbEventStore } from '#event-store-esdb'
import { openSqliteEventStore } from '#event-store-sqlite'
import { startDouble, type Double } from '../../../test/double/index.js'
import { migrateLog } from '../src/migrate/migrate-log.js'
import { anEvent, silent } from './migrate-fixture.js'

const origin = 'ledger.test/1'
const now = () => new Date().toISOString()
const { privateKey } = generateKeyPairSync('ed25519')
const verifier = verifierOf(origin, createPublicKey(privateKey))

let folder: string
let double: Double
let server: EventStore
const opened: { stop(): Promise<void> }[] = []
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'room-ledger-migrate-'))
  double = await startDouble()
  server = await openEsdbEventStore({ connectionString: double.url })
})
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop()
  await server.close()
  await double.close()
  rmSync(folder, { recursive: true, force: true })
})

const auditOf = async (store: EventStore, name: string) => {
  const auditLog = await openAuditLog({ store, file: join(folder, `audit-${name}.db`) })
  opened.push(auditLog)
  await auditLog.start()
  expect(await auditLog.catchUp(10_000)).toBe(true)
  const auditor = createAuditor({ auditLog, store, origin, privateKey, verifier, intervalMs: 60_000, now, log: () => undefined })
  return { auditLog, auditor }
}
const rootsOf = (auditLog: AuditLog): string[] =>
  Array.from({ length: auditLog.status().size + 1 }, (_, size) => auditLog.root(size).toString('hex'))

it('given a log with checkpoints, when it is taken to EventStoreDB and back, then every root is the same, and signing goes on from where it was', async () => {
  const source = await openSqliteEventStore(join(folder, 'source.db'))
  const before = await auditOf(source, 'before')
  expect(await adoptKey({ store: source, verifier, statements: undefined, now })).toMatchObject({ ok: true })
  const kinds = ['room-a', 'room-b', 'callbackKept-x', 'auditAccess', 'consumers-1', 'callbackQuarantine-y']
  const odd = { text: 'lone \ud800, \u0000, "quotes", 名', big: 9_007_199_254_740_991, small: 1e-7, deep: [{ b: [], a: {} }], '': null }
  for (let n = 0; n < 60; n += 1) {
    await source.append(kinds[(n * 5) % kinds.length]!, [anEvent(n, n % 7 === 0 ? { data: odd } : {})], 'any')
    if (n % 20 === 10) await before.auditor.checkpointNow()
  }
  const last = await before.auditor.checkpointNow()

  expect(await migrateLog(source, server, silent)).toMatchObject({ difference: undefined })
  const back = await openSqliteEventStore(join(folder, 'back.db'))
  expect(await migrateLog(server, back, silent)).toMatchObject({ difference: undefined })
  const roots = rootsOf(before.auditLog)
  for (const [name, store] of Object.entries({ server, back })) {
    const after = await auditOf(store, name)
    expect(rootsOf(after.auditLog)).toEqual(roots)
    expect((await after.auditor.checkpointNow()).note).toBe(last.note)
    await store.append('room-a', [anEvent(100)], 'any')
    expect((await after.auditor.checkpointNow()).size).toBe(last.size + 1)
    expect(await openCheckpointStream(store, now).page(10)).toHaveLength(5)
  }
  for (const one of opened.splice(0)) await one.stop()
  await Promise.all([source.close(), back.close()])
})
