import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../src/index.js'
import { canonicalDeep } from '../src/canonical-deep.js'

/** RFC 8785 §3.2 as plainly as it can be put: nothing between tokens, members sorted by UTF-16 code units. */
const definition = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(definition).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, value]) => ({
    units: [...unitsOf(name)],
    text: `${JSON.stringify(name)}:${definition(value)}`,
  }))
  return `{${members
    .toSorted((a, b) => compareUnits(a.units, b.units))
    .map(({ text }) => text)
    .join(',')}}`
}
const unitsOf = (name: string): number[] => Array.from({ length: name.length }, (_, place) => name.charCodeAt(place))
const compareUnits = (a: readonly number[], b: readonly number[]): number => {
  const place = a.findIndex((unit, place) => unit !== b[place])
  return place < 0 ? a.length - b.length : a[place]! - (b[place] ?? -1)
}

const names = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.nat({ max: 20 }).map(String),
  fc.constantFrom('', '__proto__', 'constructor', 'toJSON', 'length', '\u{1f600}', '\ufb33', '\u0080', '\ud83d'),
)
const json = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, tie('leaf'), tie('array'), tie('object')),
  leaf: fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.nat({ max: 0xff_ff }).map((unit) => String.fromCharCode(unit)) }),
  ),
  array: fc.array(tie('value')),
  object: fc.array(fc.tuple(names, tie('value'))).map((members) => JSON.parse(textOf(members)) as unknown),
})).value
/** Through text, as a store reads it: so also `__proto__` is a member like any other. */
const textOf = (members: readonly (readonly [string, unknown])[]): string =>
  `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`

const parse = (text: string): unknown => JSON.parse(text)

describe('canonical JSON', () => {
  it('given the example of RFC 8785 §3.2.2, then its text', () => {
    const given = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`
    expect(canonicalJson(parse(given))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    )
  })

  it('given the bytes that RFC 8785 §3.2.4 prints for it, then the same bytes', () => {
    const given = String.raw`{"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}`
    expect(Buffer.from(canonicalJson(parse(given))).toString('hex')).toBe(
      '7b22737472696e67223a22e282ac245c75303030665c6e4127425c225c5c5c5c5c222f227d',
    )
  })

  it('given the names of RFC 8785 §3.2.3, then sorted by UTF-16 code units', () => {
    const given = String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
      "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`
    expect(Object.values(parse(canonicalJson(parse(given))) as object).length).toBe(7)
    expect([...canonicalJson(parse(given)).matchAll(/:"([^"]+)"/g)].map(([, meaning]) => meaning)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ])
  })

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['ffefffffffffffff', '-1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['c340000000000000', '-9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('given the number %s of RFC 8785 appendix B, then %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
  })

  it('given a lone surrogate, then it is escaped, so that the text has one form in UTF-8', () => {
    expect(canonicalJson({ '\udead': '\ud800' })).toBe(String.raw`{"\udead":"\ud800"}`)
  })

  it('given a number beyond what can be told from infinity, then null, as it is stored', () => {
    expect(canonicalJson(parse('[1e999]'))).toBe('[null]')
  })

  it('given any JSON, then what the definition says, by either way of writing', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(definition(value))
        expect(canonicalDeep(value)).toBe(definition(value))
      }),
      { numRuns: 2000 },
    )
  })

  it('given any JSON, then its canonical text means the same, and is its own canonical text', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value)
        expect(parse(text)).toEqual(parse(JSON.stringify(value)))
        expect(canonicalJson(parse(text))).toBe(text)
      }),
    )
  })

  it('given many members, then they are sorted all the same', () => {
    const members = Array.from({ length: 5000 }, (_, n) => [String((n * 7919) % 5000), n] as const)
    expect(canonicalJson(Object.fromEntries(members))).toBe(definition(Object.fromEntries(members)))
  })

  it('given a nesting no recursion can follow, then its text', () => {
    const depth = 200_000
    const text = `${'['.repeat(depth)}{"a":1,"b":[2,{}]}${']'.repeat(depth)}`
    expect(canonicalJson(parse(text)) === text).toBe(true)
  })
})
