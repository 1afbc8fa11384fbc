import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import request from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startService, type RunningService } from '../../apps/service/src/start.js'
import { createOtherVendor, type OtherVendor } from '../support/other-vendor.js'
import { writeKey } from '../support/program.js'
import { openTestStore, type TestStore } from '../support/test-store.js'

const application = { sdkAppId: 20_009_999, adminAccount: 'ledger-bot', secretKey: 'f00dfeed'.repeat(8), token: 'x'.repeat(128) }
const longAccount = '144115216631667826'

describe('another server that speaks the documented protocol', () => {
  let folder: string
  let store: TestStore
  let vendor: OtherVendor
  let service: RunningService
  let secret: string

  const start = (more: Record<string, string> = {}) =>
    startService({
      PORT: '0',
      DATA_DIR: folder,
      ...store.env,
      LIVE_BASE_URL: vendor.url,
      LIVE_SDK_APP_ID: String(application.sdkAppId),
      LIVE_ADMIN_ACCOUNT: application.adminAccount,
      LIVE_SECRET_KEY: application.secretKey,
      LIVE_CALLBACK_TOKEN: `another-token,${application.token}`,
      API_KEYS_FILE: join(folder, 'keys.json'),
      LOG_LEVEL: 'fatal',
      // Calls are counted.
      RECONCILE_RATE: '0',
      ...more,
    })
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-other-'))
    ;({ secret } = await writeKey(folder))
    store = await openTestStore(folder)
    vendor = await createOtherVendor(application)
    service = await start()
    vendor.callBackAt(`${service.url}/callbacks/live`)
  })
  afterAll(async () => {
    await service.stop()
    await vendor.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })

  const api = (method: 'get' | 'post' | 'put' | 'delete', path: string) =>
    request(service.url)[method](path).set('Authorization', `Bearer ${secret}`).set('Prefer', 'wait=10')

  it('given it instead of the sandbox, when a room is made, given away and destroyed, then each is confirmed by callback', async () => {
    const made = await api('post', '/v1/rooms').send({ roomId: 'other', seatTemplate: 'AudioSalon', owner: 'anna', roomName: 'Elsewhere' })
    expect(made.status).toBe(200)
    expect(made.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'callback', attribution: 'unique' } })
    expect((await api('get', '/v1/rooms/other')).body).toMatchObject({ owner: 'anna', info: { roomName: 'Elsewhere' }, origin: 'created' })

    const given = await api('put', '/v1/rooms/other/owner').send({ newOwner: longAccount, reason: 'moving house' })
    expect(given.status).toBe(200)
    expect(given.body).toMatchObject({ kind: 'change-owner', status: 'confirmed', confirmation: { source: 'callback' } })
    expect(vendor.rooms.get('other')!.owner).toBe(longAccount)
    const { body: trail } = await api('get', `/v1/rooms/other/owners?minPosition=${given.body.position}`)
    expect(trail).toMatchObject({ continuous: true, gaps: [] })
    expect(trail.items).toMatchObject([
      { to: 'anna', link: 'first', timeSource: 'eventTime' },
      { from: 'anna', to: longAccount, link: 'continuous', operationId: given.body.operationId, reason: 'moving house' },
    ])

    const gone = await api('delete', '/v1/rooms/other')
    expect(gone.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'callback' } })
    expect((await api('get', '/v1/rooms/other')).body).toMatchObject({ status: 'destroyed', owner: longAccount, statistics: null })
    expect((await api('delete', '/v1/rooms/other')).body).toMatchObject({
      type: '/problems/room-not-at-vendor',
      vendor: { errorCode: 100004 },
    })
    for (const answer of vendor.acknowledgements) expect(answer).toEqual({ ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 })
    expect(vendor.acknowledgements).toHaveLength(3)
  })

  it('given a room that stood there before, when it is reconciled, then it is adopted with every digit of its owner', async () => {
    vendor.rooms.set('old', { name: 'Older than the ledger', owner: longAccount })
    const adopted = await api('post', '/v1/rooms/old/reconcile')
    expect(adopted.body).toMatchObject({ origin: 'observed', owner: longAccount, info: { roomName: 'Older than the ledger' } })
  })

  it('given a deed that is done and answered with 502, then it was sent once, is never a 5xx, and is found out about', async () => {
    await api('post', '/v1/rooms').send({ roomId: 'gateway', seatTemplate: 'AudioSalon', owner: 'anna' }).expect(200)
    const before = vendor.calls.length
    vendor.breakGateway(true)
    vendor.callBackAt('http://127.0.0.1:9/nobody')
    const given = await api('put', '/v1/rooms/gateway/owner').send({ newOwner: 'ben' })
    vendor.breakGateway(false)
    vendor.callBackAt(`${service.url}/callbacks/live`)
    expect(given.status).toBe(200)
    expect(given.body).toMatchObject({ status: 'confirmed', confirmation: { source: 'reconciliation' } })
    const writes = vendor.calls.slice(before).filter((call) => !call.endsWith('/get_room_info'))
    expect(writes).toEqual(['POST /v4/live_engine_http_srv/change_room_owner'])
  })

  it('given all of this, then the service called documented paths and no others', () => {
    for (const call of vendor.calls)
      expect(call).toMatch(/^POST \/v4\/live_engine_http_srv\/(create_room|change_room_owner|destroy_room|get_room_info)$/)
  })

  it('given another secret key, then the vendor refuses the signature, and that is a fault of configuration', async () => {
    await service.stop()
    service = await start({ LIVE_SECRET_KEY: 'beef'.repeat(16) })
    const refused = await api('put', '/v1/rooms/old/owner').send({ newOwner: 'anna' })
    expect(refused.status).toBe(502)
    expect(refused.body).toMatchObject({
      type: '/problems/vendor-configuration',
      vendor: { errorCode: 70009 },
      operationId: expect.any(String),
    })
    expect(vendor.rooms.get('old')!.owner).toBe(longAccount)
  })
})
