import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openCheckpoint, parseCheckpoint, readVerifier, verifyConsistency, verifyInclusion, type Verifier } from '#audit-log'
import { createWorld, eventually, type World } from '../support/world.js'

const bytes = (text: string): Buffer => Buffer.from(text, 'base64')
const sizeOf = (note: string): number => parseCheckpoint(note.slice(0, note.indexOf('\n\n') + 1))!.size

describe('checkpoints and proofs over HTTP', () => {
  let world: World
  let verifier: Verifier
  beforeAll(async () => {
    world = await createWorld({ AUDIT_CHECKPOINT_INTERVAL_MS: '3600000' })
    const { text } = await world
      .api('get', '/v1/audit/public-key?format=vkey')
      .expect(200)
      .expect('Content-Type', /text\/plain/)
    const read = readVerifier(text)
    if (!read.ok) throw new Error(read.why)
    verifier = read.verifier
  })
  afterAll(() => world.close())

  const create = async (roomId: string): Promise<string> => {
    const RoomInfo = { RoomId: roomId, RoomName: 'x', RoomType: 'Live', Owner_Account: 'anna' }
    await world
      .callback({ CallbackCommand: 'Live.CallbackAfterCreateRoom', Operator_Account: 'anna', EventTime: Date.now(), RoomInfo })
      .expect(200)
    return (await world.store.events(`room-${roomId}`))[0]!.id
  }
  const inclusionOf = async (query: string) => (await world.api('get', `/v1/audit/proofs/inclusion?${query}`).expect(200)).body
  const proves = (answer: { index: number; size: number; leafHash: string; root: string; proof: string[] }): boolean =>
    verifyInclusion({ ...answer, leafHash: bytes(answer.leafHash), root: bytes(answer.root), proof: answer.proof.map(bytes) })

  it('given an event, when its proof is asked for, then it leads to a checkpoint that the ledger has signed', async () => {
    const eventId = await create('audit-proof-1')
    const answer = await inclusionOf(`eventId=${eventId}`)
    expect(answer.eventId).toBe(eventId)
    expect(proves(answer)).toBe(true)
    const opened = openCheckpoint(answer.checkpoint, [verifier])
    expect(opened).toMatchObject({ ok: true, checkpoint: { size: answer.size, root: bytes(answer.root) } })
    const older = await inclusionOf(`eventId=${eventId}&size=${answer.index + 1}`)
    expect([proves(older), older.size]).toEqual([true, answer.index + 1])
  })

  it('given an earlier checkpoint, then the log is shown to have only grown since', async () => {
    const { text: earlier } = await world
      .api('get', '/v1/audit/checkpoints/latest')
      .expect(200)
      .expect('Content-Type', /text\/plain/)
    const { size: later } = await inclusionOf(`eventId=${await create('audit-proof-2')}`)
    const from = sizeOf(earlier)
    const { body } = await world.api('get', `/v1/audit/proofs/consistency?from=${from}&to=${later}`).expect(200)
    const opened = openCheckpoint(earlier, [verifier])
    expect(opened.ok && opened.checkpoint.root.toString('base64')).toBe(body.fromRoot)
    expect(
      verifyConsistency({ from, to: later, fromRoot: bytes(body.fromRoot), toRoot: bytes(body.toRoot), proof: body.proof.map(bytes) }),
    ).toBe(true)
    expect((await world.api('get', `/v1/audit/proofs/consistency?from=${from}`).expect(200)).body.to).toBeGreaterThanOrEqual(later)
  })

  it('given several checkpoints, then the list has them, the youngest first, page by page, and the first of them is the latest', async () => {
    for (let n = 0; n < 3; n += 1) await inclusionOf(`eventId=${await create(`audit-list-${n}`)}`)
    const seen: { size: number; root: string; createdAt: string; note: string }[] = []
    for (let cursor = ''; ;) {
      const { body } = await world.api('get', `/v1/audit/checkpoints?limit=2${cursor && `&cursor=${cursor}`}`).expect(200)
      seen.push(...body.items)
      if (!body.nextCursor) break
      cursor = body.nextCursor
    }
    expect(seen.length).toBeGreaterThanOrEqual(4)
    expect(seen.map(({ size }) => size)).toEqual([...new Set(seen.map(({ size }) => size))].toSorted((a, b) => b - a))
    for (const { note, size, root } of seen) {
      const opened = openCheckpoint(note, [verifier])
      expect(opened).toMatchObject({ ok: true, checkpoint: { size, root: bytes(root) } })
    }
    expect((await world.api('get', '/v1/audit/checkpoints/latest')).text).toBe(seen[0]!.note)
  })

  it('given what cannot be proven, then the problem names what is wrong', async () => {
    const eventId = await create('audit-proof-3')
    const { index } = await inclusionOf(`eventId=${eventId}`)
    const problem = async (path: string, status: number) => (await world.api('get', `/v1/audit/${path}`).expect(status)).body
    expect(await problem('proofs/inclusion?eventId=nobody', 404)).toMatchObject({
      type: '/problems/not-found',
      detail: expect.stringContaining('"nobody"'),
    })
    expect((await problem('proofs/inclusion', 400)).errors).toHaveProperty('eventId')
    expect((await problem(`proofs/inclusion?eventId=${eventId}&size=${index}`, 400)).errors.size.join()).toMatch(
      new RegExp(`from ${index + 1} to .*the event is in the tree from`),
    )
    expect((await problem(`proofs/inclusion?eventId=${eventId}&size=999999999`, 400)).errors.size.join()).toMatch(/must be from \d+ to \d+/)
    for (const size of ['0', '-1', '1.5', 'all', '1e3', '99999999999999999999'])
      expect((await problem(`proofs/inclusion?eventId=${eventId}&size=${size}`, 400)).errors).toHaveProperty('size')
    expect((await problem('proofs/consistency', 400)).errors).toHaveProperty('from')
    expect((await problem('proofs/consistency?from=0', 400)).errors).toHaveProperty('from')
    expect((await problem('proofs/consistency?from=3&to=2', 400)).errors.from.join()).toMatch(/from 1 to 2/)
    expect((await problem('proofs/consistency?from=1&to=999999999', 400)).errors).toHaveProperty('to')
    expect((await problem('checkpoints?cursor=bm9uZQ', 400)).errors).toHaveProperty('cursor')
    expect((await problem('checkpoints?limit=0', 400)).errors).toHaveProperty('limit')
    expect((await problem('public-key?format=der', 400)).errors).toHaveProperty('format')
  })

  it('given the keys, then PEM and verifier string are the same key, and the list has it as the one that signs', async () => {
    const { text: pem } = await world.api('get', '/v1/audit/public-key').buffer(true).expect(200)
    const read = readVerifier(pem, verifier.name)
    expect(read.ok && read.verifier.vkey).toBe(verifier.vkey)
    const { body } = await world.api('get', '/v1/audit/public-keys').expect(200)
    expect(body.items.at(-1)).toMatchObject({ vkey: verifier.vkey, keyId: verifier.keyId, pem, current: true })
    expect(body.items[0].statement).toBeNull()
  })

  it('given that all is well, then readiness and metrics say so', async () => {
    const { size } = await inclusionOf(`eventId=${await create('audit-metrics')}`)
    const { body } = await world.anonymous.get('/health/ready').expect(200)
    expect(body.info.audit).toMatchObject({ status: 'up', signing: 'ok', sink: 'ok', checkpoint: { size } })
    const metric = async (name: string): Promise<number> =>
      Number(new RegExp(`^room_ledger_audit_${name} (\\S+)$`, 'm').exec((await world.anonymous.get('/metrics')).text)?.[1])
    expect(await metric('size')).toBeGreaterThanOrEqual(size)
    expect([await metric('refused'), await metric('sink_failing')]).toEqual([0, 0])
    expect(await metric('checkpoint_age_seconds')).toBeLessThan(60)
    await eventually(
      () => metric('lag'),
      (lag) => lag === 0,
    )
  })

  it('given what is not under a checkpoint yet, when the service stops, then it comes under one', async () => {
    const eventId = await create('audit-last')
    await world.restart()
    const { body } = await world.api('get', '/v1/audit/checkpoints?limit=1').expect(200)
    const { index } = await inclusionOf(`eventId=${eventId}`)
    expect(body.items[0].size).toBeGreaterThan(index)
  })
})
