import { ANY, EventStoreDBClient, isCommandError, jsonEvent } from '@eventstore/db-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#event-store'
import type { Double } from '../../../test/double/index.js'
import { startDouble } from '../../../test/double/index.js'
import { appendOk, collect, event, within } from '../../event-store/test/store-fixture.js'
import { openEsdbEventStore } from '../src/index.js'

const users = {
  admin: { password: 'changeit', groups: ['$admins'] },
  service: { password: 'p:w@ss word', groups: [] },
  guest: { password: 'guest', groups: [] },
}

describe('a server with users and TLS', () => {
  let double: Double
  beforeAll(async () => {
    double = await startDouble({ tls: true, users })
    const admin = EventStoreDBClient.connectionString(double.urlAs('admin', 'changeit'))
    await admin.setStreamMetadata('$all', { acl: { readRoles: ['service'] } })
    await admin.dispose()
  })
  afterAll(() => double.close())
  const opened = async (user: string, password: string) => openEsdbEventStore({ connectionString: double.urlAs(user, password) })

  it('given name and password with odd characters, percent-encoded, then the store works', async () => {
    const store = await opened('service', users.service.password)
    await appendOk(store, 'access-1', [event(1)])
    expect(await collect(store.readStream('access-1'))).toHaveLength(1)
    await store.close()
  })

  it('given a user that may not read the whole log, then the store does not open and names the right that is missing', async () => {
    await expect(opened('guest', 'guest')).rejects.toThrow(/read \$all/)
  })

  it('given a wrong password, then the store does not open, says so at once and shows no password', async () => {
    const opening = within(15_000, 'an answer', opened('service', 'wrong-secret'))
    const error: unknown = await opening.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(StoreUnavailable)
    expect(String(error)).toMatch(/access denied. Check user and password/)
    expect(String(error)).not.toContain('wrong-secret')
  })

  it('given a stream whose ACL denies the user, then reading and writing it say access denied, and other streams work', async () => {
    const admin = EventStoreDBClient.connectionString(double.urlAs('admin', 'changeit'))
    await admin.appendToStream('closed-1', jsonEvent({ type: 'T', data: {} }), { expectedRevision: ANY })
    await admin.setStreamMetadata('closed-1', { acl: { readRoles: ['$admins'], writeRoles: ['admin'] } })
    await admin.dispose()
    const store = await opened('service', users.service.password)
    await expect(store.append('closed-1', [event()], 'any')).rejects.toThrow(/access denied.*ACL/)
    await expect(collect(store.readStream('closed-1'))).rejects.toThrow(/access denied/)
    await appendOk(store, 'open-1', [event()])
    await store.close()
  })

  it('given projections, then everybody who has logged in manages them, only admins delete them, and strangers see nothing', async () => {
    const as = (url: string) => EventStoreDBClient.connectionString(url)
    const [user, nobody] = [as(double.urlAs('service', users.service.password)), as(double.url)]
    const typeOf = (call: Promise<unknown>) =>
      call.then(
        () => 'done',
        (error: unknown) => (error as { type?: string }).type,
      )
    await user.createProjection('mine', 'fromAll().when({ T: () => undefined })')
    expect(await typeOf(user.disableProjection('mine'))).toBe('done')
    expect(await typeOf(user.deleteProjection('mine'))).toBe('access-denied')
    expect(await typeOf(nobody.getProjectionStatus('mine'))).toBe('access-denied')
    expect(await typeOf(nobody.getProjectionState('mine'))).toBe('access-denied')
    await Promise.all([user.dispose(), nobody.dispose()])
  })

  it('given the batch path of the bare client, then the denial comes in its answer', async () => {
    const client = EventStoreDBClient.connectionString(double.urlAs('service', users.service.password))
    const error: unknown = await client.appendToStream('$system-1', jsonEvent({ type: 'T', data: {} })).catch((error: unknown) => error)
    expect(error instanceof Error && isCommandError(error) && error.type).toBe('access-denied')
    await client.dispose()
  })
})

describe('a server without TLS', () => {
  it('defect 4: given credentials, then the client leaves them away without a word, and the server sees nobody', async () => {
    const double = await startDouble({ users: { admin: { password: 'changeit', groups: ['$admins'] } } })
    const store = await openEsdbEventStore({ connectionString: double.urlAs('admin', 'wrong') }).catch((error: unknown) => error)
    expect(store).toBeInstanceOf(StoreUnavailable)
    expect(String(store)).toContain('access denied')
    await double.close()
  })
})
