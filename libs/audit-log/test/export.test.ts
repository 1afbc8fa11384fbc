import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { LedgerAltered, openCheckpoint, UnknownPlace, verifyInclusion, writeNdjson } from '../src/index.js'
import { eventNo, eventsOf, ledgerOf, newKey, origin, signerOf, trusting } from './support/export-fixture.js'

const sha256 = (...parts: (Buffer | string)[]): Buffer => {
  const sum = createHash('sha256')
  for (const part of parts) sum.update(part)
  return sum.digest()
}
/** RFC 6962, §2.1, word for word. */
const rootOf = (leaves: readonly Buffer[]): Buffer => {
  if (leaves.length === 0) return sha256('')
  if (leaves.length === 1) return leaves[0]!
  let split = 1
  while (split * 2 < leaves.length) split *= 2
  return sha256(Buffer.from([1]), rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)))
}
const linesOfText = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('an export', () => {
  it('has a first line, a line an event, and a last line whose root follows from the leaves with nothing but SHA-256', async () => {
    const ledger = ledgerOf(eventsOf(13))
    const [head, ...rows] = linesOfText(await ledger.export())
    const end = rows.pop()
    expect(head).toMatchObject({ roomLedgerExport: 1, filtered: false, filter: {}, size: 13, origin })
    expect(rows.map(({ content }) => content.id)).toEqual(eventsOf(13).map(({ id }) => id))
    const root = rootOf(rows.map(({ leaf }) => sha256(Buffer.from([0]), leaf)))
    expect(end.checkpoint.split('\n').slice(0, 3)).toEqual([origin, '13', root.toString('base64')])
    expect(end.events).toBe(13)
    for (const { leaf, salt, content } of rows) {
      expect(content.metadata.salt).toBeUndefined()
      expect(JSON.parse(leaf)).toEqual({ v: 1, recordedAt: content.metadata.recordedAt, commitment: expect.any(String) })
      expect(Buffer.from(salt, 'base64')).toHaveLength(32)
    }
  })

  it('of a part carries place and proof for each row', async () => {
    const ledger = ledgerOf(eventsOf(20))
    const [head, ...rows] = linesOfText(await ledger.export({ roomId: 'r1' }))
    const { checkpoint, events } = rows.pop()
    const opened = openCheckpoint(checkpoint, trusting(ledger.signer)(origin))
    if (!opened.ok) throw new Error(opened.problem)
    expect(head).toMatchObject({ filtered: true, filter: { roomId: 'r1' } })
    expect(events).toBe(7)
    for (const { leaf, index, proof } of rows) {
      const nodes = proof.map((node: string) => Buffer.from(node, 'base64'))
      const { size, root } = opened.checkpoint
      expect(verifyInclusion({ index, size, root, leafHash: sha256(Buffer.from([0]), leaf), proof: nodes })).toBe(true)
    }
  })

  it.each([
    ['an account as owner', { account: 'ann' }, { data: { owner: 'ann' } }],
    ['an account as the owner before', { account: 'ann' }, { data: { from: 'ann', to: 'x' } }],
    ['an account as the owner after', { account: 'ann' }, { data: { from: 'x', to: 'ann' } }],
    ['an account as administrator', { account: 'ann' }, { data: { admins: ['x', 'ann'] } }],
    ['an account as actor', { account: 'ann' }, { metadata: { actor: { kind: 'account', id: 'ann' } } }],
    ['an account asked for', { account: 'ann' }, { data: { parameters: { newOwner: 'ann' } } }],
    ['an account at the end', { account: 'ann' }, { data: { lastInfo: { owner: 'ann' } } }],
    ['a type', { types: ['RoomDestroyed'] }, { type: 'RoomDestroyed' }],
    ['a beginning', { from: '2030-01-01T00:00:00.000Z' }, { metadata: { occurredAt: '2030-01-01T00:00:00.000Z' } }],
    ['an end', { to: '2010-01-01T00:00:00.000Z' }, { metadata: { occurredAt: '2009-12-31T23:59:59.999Z' } }],
  ])('filters by %s', async (_, filter, more) => {
    const ledger = ledgerOf([...eventsOf(4), eventNo(4, 'room-x', 0, more as never), eventNo(5, 'room-y', 0)])
    const text = await ledger.export(filter)
    expect(
      linesOfText(text)
        .slice(1, -1)
        .map(({ index }) => index),
    ).toEqual([4])
    expect(await ledger.verify(text)).toMatchObject({ ok: true, events: 1 })
  })

  it('keeps to the size of its checkpoint', async () => {
    const ledger = ledgerOf(eventsOf(9))
    expect(linesOfText(await ledger.export({}, { size: 5 }))).toHaveLength(7)
    expect(linesOfText(await ledger.export({ roomId: 'r0' }, { size: 5 })).slice(1, -1)).toHaveLength(2)
  })

  it('leaves out what is not audited', async () => {
    const ledger = ledgerOf(eventsOf(3))
    const readAll = async function* () {
      for (const event of eventsOf(3)) yield* [eventNo(99, 'roomHistory-r0', 0), event, eventNo(98, 'auditAccessX', 0)]
    }
    const request = { filter: {}, checkpoint: { size: 3, origin, note: ledger.checkpoint() } }
    const lines = await Array.fromAsync(writeNdjson({ ...ledger, store: { ...ledger.store, readAll } }, request))
    expect(lines.join('')).toBe(await ledger.export({}, { sealed: false }))
  })

  it('goes on behind an event so that both parts together are the whole', async () => {
    const ledger = ledgerOf(eventsOf(12))
    for (const filter of [{}, { roomId: 'r2' }]) {
      const whole = await ledger.export(filter)
      const lines = whole.split(/(?<=\n)/)
      const had = lines.slice(0, 4)
      const after = JSON.parse(had.at(-1)!).content.id
      expect(had.join('') + (await ledger.export(filter, { after }))).toBe(whole)
    }
    await expect(ledger.export({ roomId: 'r2' }, { after: eventsOf(1)[0]!.id })).rejects.toThrow(UnknownPlace)
  })

  it('breaks off before its last line when the store is not what is under the tree', async () => {
    const ledger = ledgerOf(eventsOf(6))
    const altered = eventsOf(6).with(3, eventNo(3, 'room-r0', 1, { data: { to: 'somebody else' } }))
    const source = { ...ledger, store: ledgerOf(altered).store }
    const request = { filter: {}, checkpoint: { size: 6, origin, note: ledger.checkpoint() } }
    const lines: string[] = []
    await expect(async () => {
      for await (const line of writeNdjson(source, request)) lines.push(line)
    }).rejects.toThrow(LedgerAltered)
    expect(await ledger.verify(lines.join(''))).toMatchObject({ ok: false, findings: [{ kind: 'truncated' }] })
    const shorter = { ...ledger, store: ledgerOf(eventsOf(5)).store }
    await expect(Array.fromAsync(writeNdjson(shorter, request))).rejects.toThrow(LedgerAltered)
  })

  it('is verified whatever an event holds', async () => {
    const odd = [
      eventNo(0, 'room-ü 💥', 0, { data: { '10': 1, '9': 2, __proto__x: '\u2028\u0000\ud800', deep: [[[{}]]], n: 1e21, m: -1.5e-7 } }),
      eventNo(1, 'auditAccess', 0, { id: 'no uuid', metadata: { salt: 'not base64', recordedAt: 5 } }),
      eventNo(2, 'erasures', 0, { data: JSON.parse('{"__proto__":{"a":1},"":null}') }),
    ]
    const ledger = ledgerOf(odd, signerOf(newKey()))
    expect(await ledger.verify(await ledger.export())).toMatchObject({ ok: true, events: 3, findings: [] })
    const again = (await ledger.export({}, { sealed: false }))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify(JSON.parse(line)))
    expect(await ledger.verify(`${again.join('\n')}\n`)).toMatchObject({ findings: [] })
  })
})
