import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { EventStore, EventToAppend } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import { adoptKey, hashLeaf, isAudited, leafOf, openAuditLog, verifierOf, type AuditLog, type AuditLogOptions } from '../../src/index.js'
import { grown } from '../given.js'

export const origin = 'ledger.test/1'

export const folderForTest = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'room-ledger-audit-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const storeForTest = async (path = join(folderForTest(), 'store.db')): Promise<EventStore> => {
  const store = await openSqliteEventStore(path)
  onTestFinished(() => store.close())
  return store
}

export const someEvent = (n: number, id: string = randomUUID()): EventToAppend => ({
  id,
  type: 'RoomUpdated',
  data: { roomId: 'r', info: { roomName: `name ${n}` } },
  metadata: { schema: 1, recordedAt: new Date(1_770_000_000_000 + n).toISOString(), salt: Buffer.alloc(32, n).toString('base64') },
})

/** Appends as many events as there are streams named, one after another. */
export const record = async (store: EventStore, ...streams: string[]): Promise<string[]> => {
  const ids: string[] = []
  for (const [n, stream] of streams.entries()) {
    const event = someEvent(n)
    expect((await store.append(stream, [event], 'any')).ok).toBe(true)
    ids.push(event.id)
  }
  return ids
}

/** The root by hand: of what a plain reading of the whole log gives. */
export const rootByHand = async (store: EventStore): Promise<{ size: number; root: Buffer }> => {
  const events = (await Array.fromAsync(store.readAll())).filter(({ stream }) => isAudited(stream))
  return { size: events.length, root: grown(events.map((event) => Buffer.from(leafOf(event).leaf))).tree.root() }
}

export const leafHashesByHand = async (store: EventStore): Promise<Buffer[]> =>
  (await Array.fromAsync(store.readAll())).filter(({ stream }) => isAudited(stream)).map((event) => hashLeaf(leafOf(event).leaf))

/** A tree that follows the store; it stops when the test is over. */
export const following = async (
  store: EventStore,
  options: Partial<AuditLogOptions> = {},
): Promise<AuditLog & { readonly messages: readonly string[] }> => {
  const messages: string[] = []
  const file = options.file ?? join(folderForTest(), 'audit.db')
  const auditLog = await openAuditLog({ store, file, log: (message) => void messages.push(message), ...options })
  onTestFinished(() => auditLog.stop())
  await auditLog.start()
  return { ...auditLog, messages }
}

export const caughtUp = async (auditLog: AuditLog): Promise<void> => expect(await auditLog.catchUp(10_000)).toBe(true)

/** A key that the ledger has adopted as its first. */
export const adoptedKey = async (store: EventStore) => {
  const { privateKey } = generateKeyPairSync('ed25519')
  const verifier = verifierOf(origin, createPublicKey(privateKey))
  expect(await adoptKey({ store, verifier, statements: undefined, now: () => new Date().toISOString() })).toMatchObject({ ok: true })
  return { privateKey, verifier }
}
