import { randomUUID } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { expect, it } from 'vitest'
import { checkDefinition, createEmbeddedProjections, projectionDefinitions } from '#projections'
import { openEventStoreDb } from '../../src/index.js'
it('compares', async () => {
  const { store, projections } = await openEventStoreDb({ connectionString: process.env['TEST_EVENTSTORE_URL']! })
  const p = projections(projectionDefinitions, { check: checkDefinition })
  await p.start()
  const t0 = Date.UTC(2026, 2, 26)
  let seed = 7
  const rnd = (n: number) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n
  const run = randomUUID().slice(0, 8)
  const rooms = Array.from({ length: 60 }, (_, i) => `${run}-${i}`)
  const revs = new Map<string, number>()
  const ops = new Map<string, string[]>()
  const t = performance.now()
  for (let i = 0; i < 4000; i++) {
    const roomId = rooms[rnd(rooms.length)]!
    const at = new Date(t0 + rnd(4000) * 700 + (rnd(5) === 0 ? 0 : rnd(1000))).toISOString()
    const who = ['ann', 'bob', 'cér😀l', '\u2028x"\\'][rnd(4)]!
    const known = ops.get(roomId) ?? []
    const operationId = known[rnd(Math.max(1, known.length))]
    const metadata: any = { schema: 1, occurredAt: at, recordedAt: at, timeSource: rnd(4) ? 'eventTime' : 'createTime', source: 'callback', actor: { kind: 'account', id: who }, $correlationId: randomUUID(), ...(operationId && rnd(2) ? { operationId, attribution: 'unique' } : {}) }
    const info: any = { roomName: `n${rnd(20)}`, maxMemberCount: rnd(100) / 3, big: 1e21 * rnd(3), tiny: -0.0000001 * rnd(3), category: [rnd(3), rnd(3)], __proto: 1, '12': rnd(4), '3': rnd(4), 'ä': 'ü' + String.fromCharCode(rnd(32)) }
    const make: (() => [string, any])[] = [
      () => ['RoomCreated', { roomId, owner: who, info }],
      () => ['RoomUpdated', { roomId, info }],
      () => ['RoomUpdated', { roomId, info: { notice: 'x'.repeat(rnd(50)) } }],
      () => ['OwnerChanged', { roomId, from: who, to: 'bob' }],
      () => ['RoomDestroyed', { roomId, cause: rnd(2) ? 'DestroyByUser' : null, lastInfo: { owner: who, viewCount: 3, roomName: 'z' } }],
      () => ['RoomMetadataSet', { roomId, entries: { [`k${rnd(5)}`]: `v${rnd(9)}`, '7': 'x' } }],
      () => ['RoomMetadataDeleted', { roomId, keys: [`k${rnd(5)}`] }],
      () => ['RoomAdminsChanged', { roomId, change: rnd(2) ? 'add' : 'delete', admins: [who, 'eve'] }],
      () => ['RoomObserved', { roomId, exists: rnd(2) === 0, owner: who, info }],
      () => { const id = randomUUID(); ops.set(roomId, [...known, id]); return ['OwnerChangeRequested', { operationId: id, roomId, parameters: { newOwner: who }, reason: 'because ü', requestedBy: { kind: 'apiKey', id: 'd' } }] },
      () => ['RequestRejected', { operationId: operationId ?? 'none', vendor: {} }],
      () => ['RequestAccepted', { operationId: operationId ?? 'none', vendor: {} }],
    ]
    const [type, data] = make[rnd(make.length)]!()
    const stream = `room-${roomId}`
    const expected = revs.get(stream)
    const r = await store.append(stream, [{ id: randomUUID(), type, data, metadata }], expected ?? 'noStream')
    if (!r.ok) throw new Error('conflict')
    revs.set(stream, r.revision)
  }
  console.log('appended', performance.now() - t)
  const emb = createEmbeddedProjections({ store, file: mkdtempSync('/tmp/cmpx/') + '/p.db', definitions: projectionDefinitions, log: (l) => console.log(l) })
  await emb.start()
  await emb.waitFor(await store.head(), 60000)
  for (let i = 0; i < 200 && !(await p.status()).every((s) => s.caughtUp); i++) await new Promise((r) => setTimeout(r, 100))
  console.log(await p.status(), await emb.status())
  let n = 0, diffs = 0
  for (const room of rooms) for (const kind of ['roomHistory', 'ownerTrail']) {
    const all = async (x: any) => { const out: any[] = []; for await (const e of x.readEmitted(`${kind}-${room}`)) out.push({ revision: e.revision, type: e.type, data: JSON.stringify(e.data), metadata: JSON.stringify(Object.entries(e.metadata).sort()) }); return out }
    const [a, b] = [await all(p), await all(emb)]
    n += a.length
    for (let i = 0; i < Math.max(a.length, b.length); i++) if (JSON.stringify(a[i]) !== JSON.stringify(b[i])) { diffs++; if (diffs < 6) console.log('DIFF', room, kind, i, a[i], b[i]) }
  }
  console.log('entries', n, 'diffs', diffs)
  // latency
  const lat: number[] = []
  for (let i = 0; i < 100; i++) {
    const roomId = rooms[i % 60]!, stream = `room-${roomId}`, at = new Date(t0 + 9e7 + i * 1000).toISOString()
    const r: any = await store.append(stream, [{ id: randomUUID(), type: 'RoomUpdated', data: { roomId, info: { roomName: 'q' + i } }, metadata: { occurredAt: at, recordedAt: at, timeSource: 'eventTime', source: 'callback', actor: { kind: 'account', id: 'x' } } }], revs.get(stream)!)
    revs.set(stream, r.revision)
    const s = performance.now()
    for (;;) { let ok = false; for await (const e of p.readEmitted(`roomHistory-${roomId}`, { direction: 'backwards', limit: 1 })) ok = (e.data as any).revision >= r.revision; if (ok) break; await new Promise((r) => setTimeout(r, 1)) }
    lat.push(performance.now() - s)
  }
  lat.sort((a, b) => a - b)
  console.log('visible after append ms: median', lat[50], 'p90', lat[90], 'max', lat[99])
  const tr = performance.now(); for (let i = 0; i < 100; i++) for await (const _ of p.readEmitted(`roomHistory-${rooms[i % 60]}`, { direction: 'backwards', limit: 1 })); console.log('read last entry ms', (performance.now() - tr) / 100)
  const ts = performance.now(); for (let i = 0; i < 20; i++) await p.status(); console.log('status ms', (performance.now() - ts) / 20)
  const td = performance.now(); await p.start(); console.log('start with nothing to do ms', performance.now() - td)
  const tb = performance.now(); await p.rebuild('room-history'); console.log('rebuild ms', performance.now() - tb)
  await emb.stop(); await store.close()
  expect(diffs).toBe(0)
}, 200000)
