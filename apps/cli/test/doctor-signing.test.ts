import { createPublicKey, type KeyObject } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { adoptKey, checkpointBody, emptyRoot, makeKeyFile, openCheckpointStream, signNote, verifierOf } from '#audit-log'
import type { EventStore } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import { checkSigning } from '../src/doctor/check-signing.js'

const origin = 'ledger.test/1'
const now = () => '2026-01-01T00:00:00.000Z'
let folder: string
let store: EventStore
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'room-ledger-signing-'))
  store = await openSqliteEventStore(join(folder, 'ledger.db'))
})
afterEach(async () => {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

const look = (signingKeyFile: string, checkpointSink?: string, ledgerOrigin = origin) =>
  checkSigning({ ledgerOrigin, audit: { signingKeyFile, checkpointSink, checkpointIntervalMs: 1000 } }, store)
const adopted = async (): Promise<{ file: string; key: KeyObject }> => {
  const file = join(folder, 'key.pem')
  const key = makeKeyFile(file)
  await adoptKey({ store, verifier: verifierOf(origin, createPublicKey(key)), statements: undefined, now })
  return { file, key }
}
const noteOf = (key: KeyObject, size: number): string =>
  signNote(checkpointBody({ origin, size, root: emptyRoot }), { name: origin, privateKey: key })

describe('signing, to the doctor', () => {
  it('given a ledger without a key yet, then there is nothing to tell', async () => {
    expect(await look(join(folder, 'none.pem'))).toEqual([])
  })

  it('given the key of the ledger, another one, none, or another name, then only the first is well', async () => {
    const { file } = await adopted()
    makeKeyFile(join(folder, 'other.pem'))
    expect(await look(file)).toMatchObject([{ verdict: 'ok' }])
    expect(await look(join(folder, 'other.pem'))).toMatchObject([
      { verdict: 'mend', says: expect.stringMatching(/AUDIT_SIGNING_KEY_FILE.*statement/) },
    ])
    expect(await look(join(folder, 'none.pem'))).toMatchObject([
      { verdict: 'mend', says: expect.stringMatching(/not there.*bring that key back/) },
    ])
    expect(await look(file, undefined, 'other.test')).toMatchObject([{ verdict: 'mend', says: expect.stringMatching(/LEDGER_ORIGIN/) }])
  })

  it('given a sink that knows less, more, something else or nothing, then what is to mend is told', async () => {
    const { file, key } = await adopted()
    const sink = join(folder, 'sink')
    const told = async () => (await look(file, sink))[1]
    expect(await told()).toMatchObject({ verdict: 'ok', says: expect.stringMatching(/no checkpoint yet/) })
    await openCheckpointStream(store, now).add({ size: 3, root: emptyRoot, note: noteOf(key, 3) }, 'id', undefined)
    expect(await told()).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/no directory/) })
    mkdirSync(sink)
    writeFileSync(join(sink, 'latest.txt'), noteOf(key, 2))
    expect(await told()).toMatchObject({ verdict: 'ok', says: expect.stringMatching(/of 2 events, the store one of 3/) })
    writeFileSync(join(sink, 'latest.txt'), noteOf(key, 4))
    expect(await told()).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/restored backup/) })
    writeFileSync(join(sink, 'latest.txt'), noteOf(makeKeyFile(join(folder, 'foreign.pem')), 1))
    expect(await told()).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/not of this ledger/) })
    expect((await look(file, 'https://127.0.0.1:9/x'))[1]).toMatchObject({ verdict: 'mend', says: expect.stringMatching(/no answer/) })
  })
})
