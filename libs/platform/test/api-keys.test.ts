import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KeysFileError, openApiKeys } from '../src/index.js'

const hash = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const reader = { id: 'reader', sha256: hash('s1'), scopes: ['rooms:read'] }
const writer = { id: 'writer', sha256: hash('s2').toUpperCase(), scopes: ['rooms:read', 'rooms:command'], mayActFor: true }

describe('API keys', () => {
  let folder: string
  let file: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'room-ledger-keys-'))
    file = join(folder, 'keys.json')
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const write = (content: unknown): void => writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content))

  it('given a secret, then its key is found by hash; any other secret finds none', () => {
    write([reader, writer])
    const keys = openApiKeys(file)
    expect(keys.verify('s1')).toEqual({ kind: 'apiKey', id: 'reader', scopes: ['rooms:read'], mayActFor: false })
    expect(keys.verify('s2')).toEqual({ kind: 'apiKey', id: 'writer', scopes: ['rooms:read', 'rooms:command'], mayActFor: true })
    for (const wrong of ['', 's3', 'S1', reader.sha256]) expect(keys.verify(wrong)).toBeUndefined()
  })

  it.each<[string, unknown, RegExp]>([
    ['no JSON', '[{', /cannot be read as JSON: not well formed$/],
    ['an object', {}, /must hold a JSON array/],
    ['a text for an entry', ['reader'], /entry 1 must be an object/],
    ['no id', [{ ...reader, id: undefined }], /entry 1: id/],
    ['an id of 129 bytes', [{ ...reader, id: 'é'.repeat(64) + 'x' }], /entry 1: id/],
    ['a line break in an id', [{ ...reader, id: 'a\nb' }], /entry 1: id/],
    ['a secret for a hash', [reader, { ...writer, sha256: 'hunter2' }], /entry 2: sha256/],
    ['an unknown scope', [{ ...reader, scopes: ['rooms:*'] }], /entry 1: scopes must be a list out of rooms:read/],
    ['scopes as text', [{ ...reader, scopes: 'rooms:read' }], /entry 1: scopes/],
    ['a flag as text', [{ ...reader, mayActFor: 'true' }], /entry 1: mayActFor/],
    ['an unknown field', [{ ...reader, hunter2: 1 }], /entry 1 may hold only/],
    ['an id twice', [reader, { ...writer, id: 'reader' }], /entry 2: the id "reader" comes twice/],
    ['a secret twice', [reader, { ...writer, sha256: reader.sha256 }], /entry 2: its secret belongs to another entry/],
  ])('given a file with %s, then the error names file and entry, and no secret', (_, content, message) => {
    write(content)
    expect(() => openApiKeys(file)).toThrow(KeysFileError)
    expect(() => openApiKeys(file)).toThrow(message)
    expect(() => openApiKeys(file)).toThrow(file)
    expect(() => openApiKeys(file)).not.toThrow('hunter2')
  })

  it('given no file, then the error says so', () => {
    expect(() => openApiKeys(join(folder, 'none.json'))).toThrow('none.json cannot be read as JSON: ENOENT')
  })

  it('given a new file, when it is read again, then its keys count; a bad one changes nothing', () => {
    write([reader])
    const keys = openApiKeys(file)
    write([writer])
    expect(keys.verify('s1')?.id).toBe('reader')
    keys.reload()
    expect([keys.verify('s1'), keys.verify('s2')?.id]).toEqual([undefined, 'writer'])
    write('[')
    expect(() => keys.reload()).toThrow(KeysFileError)
    expect(keys.verify('s2')?.id).toBe('writer')
  })
})
