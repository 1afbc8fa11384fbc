import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '#event-store'
import { commitmentOf, hashLeaf, leafOf } from '../src/index.js'

const salt = Buffer.from(Array.from({ length: 32 }, (_, n) => n)).toString('base64')
const metadata = { schema: 1, recordedAt: '2026-03-26T17:29:16.123Z', salt, actor: { kind: 'account', id: 'alice' } }
const event: RecordedEvent = {
  id: '6f8f57c4-6ad2-5b21-8f0a-1d1d3f2b9d11',
  stream: 'room-r1',
  revision: 3,
  position: 4711n,
  type: 'OwnerChanged',
  data: { to: 'bob', roomId: 'r1', from: 'alice' },
  metadata,
}
const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

describe('the leaf of an event', () => {
  it('given an event, then the canonical JSON of version, recording time and salted commitment', () => {
    const canonical =
      '{"data":{"from":"alice","roomId":"r1","to":"bob"},"id":"6f8f57c4-6ad2-5b21-8f0a-1d1d3f2b9d11",' +
      '"metadata":{"actor":{"id":"alice","kind":"account"},"recordedAt":"2026-03-26T17:29:16.123Z","schema":1},' +
      '"revision":3,"stream":"room-r1","type":"OwnerChanged"}'
    const commitment = sha256(Buffer.from(salt, 'base64'), canonical).toString('base64')
    const { leaf } = leafOf(event)
    expect(leaf).toBe(`{"commitment":"${commitment}","recordedAt":"2026-03-26T17:29:16.123Z","v":1}`)
    expect(hashLeaf(leaf)).toEqual(sha256(Buffer.of(0), leaf))
    expect(hashLeaf(Buffer.from(leaf))).toEqual(hashLeaf(leaf))
  })

  it('given an event worked out beforehand, then the same leaf for ever', () => {
    expect(leafOf(event).leaf).toBe(
      '{"commitment":"rdF8G1kj7W95ji1N1v8q1CMswculXkIFwhjHk03IL6I=","recordedAt":"2026-03-26T17:29:16.123Z","v":1}',
    )
  })

  it('given an event, then its content without salt and place in the store, from which the commitment follows', () => {
    const { leaf, salt, content } = leafOf(event)
    const { position: _, ...rest } = event
    expect({ ...content, metadata: { ...(content.metadata as object), salt } }).toEqual(rest)
    expect(content.metadata).not.toHaveProperty('salt')
    expect(leaf).toContain(`"${commitmentOf(salt, content)}"`)
  })

  it('given members in another order and another place in the store, then the same leaf', () => {
    const reversed = Object.fromEntries(Object.entries(metadata).toReversed())
    expect(leafOf({ ...event, position: 9n, metadata: reversed })).toEqual(leafOf(event))
  })

  it.each([
    ['id', { id: '6f8f57c4-6ad2-5b21-8f0a-1d1d3f2b9d12' }],
    ['stream', { stream: 'room-r2' }],
    ['revision', { revision: 4 }],
    ['type', { type: 'OwnerChange' }],
    ['data', { data: { ...event.data, to: 'eve' } }],
    ['metadata', { metadata: { ...metadata, schema: 2 } }],
    ['recording time', { metadata: { ...metadata, recordedAt: '2026-03-26T17:29:16.124Z' } }],
    ['salt', { metadata: { ...metadata, salt: Buffer.alloc(32).toString('base64') } }],
  ])('given another %s, then another leaf', (_, change) => {
    expect(leafOf({ ...event, ...change }).leaf).not.toBe(leafOf(event).leaf)
  })

  it.each([
    ['none', {}],
    ['a number', { salt: 7 }],
    ['no base64', { salt: 'not base64!' }],
    ['base64 with bits left over', { salt: `${salt.slice(0, -2)}9=` }],
    ['base64url', { salt: '-_-_' }],
  ])('given an event of others with %s for a salt, then the salt is empty and what stands there is committed to', (_, other) => {
    const { leaf, salt, content } = leafOf({ ...event, metadata: other })
    expect(salt).toBe('')
    expect(content.metadata).toEqual(other)
    expect(JSON.parse(leaf)).toEqual({ v: 1, recordedAt: null, commitment: sha256(canonicalOf(other)).toString('base64') })
  })

  it.each([[1_774_545_356_123], [null], [{}]])('given %s for a recording time, then the leaf says null', (recordedAt) => {
    const { leaf, content } = leafOf({ ...event, metadata: { salt, recordedAt } })
    expect(JSON.parse(leaf)).toMatchObject({ recordedAt: null })
    expect(content.metadata).toEqual({ recordedAt })
  })

  it('given a recording time of any text, then the leaf is canonical JSON still', () => {
    const recordedAt = '"\\\u0007é\ud800'
    expect(leafOf({ ...event, metadata: { salt, recordedAt } }).leaf).toContain(String.raw`"recordedAt":"\"\\\u0007é\ud800","v":1}`)
  })

  it('given data and metadata that are no objects, as others may write, then there is a leaf', () => {
    for (const odd of [null, 7, 'text', ['salt']])
      expect(leafOf({ ...event, data: odd, metadata: odd } as unknown as RecordedEvent)).toMatchObject({
        salt: '',
        content: { metadata: odd },
      })
  })
})

const canonicalOf = (metadata: object): string =>
  '{"data":{"from":"alice","roomId":"r1","to":"bob"},"id":"6f8f57c4-6ad2-5b21-8f0a-1d1d3f2b9d11",' +
  `"metadata":${JSON.stringify(metadata)},"revision":3,"stream":"room-r1","type":"OwnerChanged"}`
