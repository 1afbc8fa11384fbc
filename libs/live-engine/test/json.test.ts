import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseVendorJson } from '#live-engine/wire'

const value = (text: string | Uint8Array) => {
  const parsed = parseVendorJson(text)
  if (!parsed.ok) throw new Error(parsed.problem)
  return parsed.value
}

describe('JSON of the vendor', () => {
  it('keeps every digit of a number that a number cannot hold', () => {
    expect(value('{"a":144115216631667826,"b":-9007199254740993,"c":9007199254740991}')).toEqual({
      a: '144115216631667826',
      b: '-9007199254740993',
      c: 9007199254740991,
    })
    expect(value('{"a":1.5,"b":2.0,"c":1e3}')).toEqual({ a: 1.5, b: 2, c: 1000 })
  })

  it('says what the built-in parser says of all that it can hold', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (object) => {
        const text = JSON.stringify(object)
        fc.pre(!/\d{16}/.test(text))
        expect(JSON.stringify(value(text))).toBe(JSON.stringify(JSON.parse(text)))
        expect(value(Buffer.from(text.toWellFormed()))).toEqual(JSON.parse(text.toWellFormed()))
      }),
      { numRuns: 1000 },
    )
  })

  it('keeps the digits of any integer as an account', () => {
    fc.assert(
      fc.property(fc.bigInt(), (integer) => {
        expect(String(value(`{"id":${integer}}`)['id'])).toBe(String(integer))
      }),
      { numRuns: 1000 },
    )
  })

  it('treats __proto__ as a key like any other', () => {
    const parsed = value('{"__proto__":{"polluted":true},"constructor":1}')
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype)
    expect('polluted' in {}).toBe(false)
  })

  it('tolerates a byte order mark and white space around it', () => {
    expect(value(Buffer.from('\uFEFF {"a":"é"}\n'))).toEqual({ a: 'é' })
    expect(value('\uFEFF{"a":1}')).toEqual({ a: 1 })
  })

  it('is not misled by quotes, colons and braces inside texts', () => {
    expect(value(String.raw`{"a\":":"{\"b\":[\\","c":{"d":":"}}`)).toEqual({ 'a":': '{"b":[\\', c: { d: ':' } })
  })

  it.each([
    ['nothing', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['a byte order mark alone', '\uFEFF', 'empty'],
    ['no JSON', 'RoomId=1', 'not JSON, or a key comes twice'],
    ['JSON cut short', '{"a":', 'not JSON, or a key comes twice'],
    ['something behind it', '{} {}', 'not JSON, or a key comes twice'],
    ['a list', '[]', 'not a JSON object'],
    ['null', 'null', 'not a JSON object'],
    ['a text', '"a"', 'not a JSON object'],
    ['a number', '7', 'not a JSON object'],
    ['a key twice', '{"a":1,"a":2}', 'not JSON, or a key comes twice'],
    ['a key twice with the same value', '{"a":1,"a":1}', 'a key comes twice'],
    ['a key twice deep inside', '{"x":[{"b":{"a":"1","a":"1"}}]}', 'a key comes twice'],
    ['a key twice, once escaped', String.raw`{"a":1,"\u0061":1}`, 'a key comes twice'],
    ['too deep', `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, 'nested deeper than 64'],
    ['far too deep', `{"a":${'['.repeat(200_000)}`, 'nested deeper than 64'],
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'not valid UTF-8'],
    ['half a character', Buffer.from([0x7b, 0x22, 0xc3, 0x22, 0x7d]), 'not valid UTF-8'],
  ])('refuses %s', (_what, text, problem) => {
    expect(parseVendorJson(text)).toEqual({ ok: false, problem })
  })

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect(typeof parseVendorJson(bytes).ok).toBe('boolean')
      }),
      { numRuns: 2000 },
    )
  })
})
