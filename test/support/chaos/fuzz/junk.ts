import fc from 'fast-check'
import type { Dice } from '../../../double/dice.js'

/** Chooses by dice. */
export const chooser = (roll: Dice) => {
  const below = (limit: number): number => Math.floor(roll() * limit)
  const pick = <T>(items: readonly T[]): T => items[below(items.length)]!
  return { roll, below, pick, chance: (share: number): boolean => roll() < share }
}
export type Chooser = ReturnType<typeof chooser>

/** JSON texts of values that readers stumble over. */
const nasty: readonly string[] = [
  'null',
  'true',
  '0',
  '-0',
  '1e999',
  '-1e400',
  '1e-400',
  '144115216631667826',
  '9007199254740993',
  '-9223372036854775808',
  '123456789012345678901234567890.5',
  '0.1e1',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udfff\\ud800"',
  '"a\\r\\nSet-Cookie: x=1"',
  '"=1+1"',
  '"../../etc/passwd"',
  '"__proto__"',
  '"\u202eevil\u200b"',
  '"\ufeff"',
  '"👩‍👩‍👧‍👦𐍈"',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"__proto__":{"admin":true}}',
  '{"constructor":{"prototype":{"x":1}}}',
  '{"toJSON":1}',
  '{"then":1}',
  '{"a":1,"a":2}',
  '{"$any":1}',
  '{"length":4294967295}',
]

/** JSON texts to put in the place of a value: the known traps, and what fast-check makes up. */
export const junkValues = (seed: number): readonly string[] => {
  const made = (count: number, arbitrary: fc.Arbitrary<unknown>): string[] =>
    fc.sample(arbitrary, { seed, numRuns: count }).map((value) => JSON.stringify(value) ?? 'null')
  return [
    ...nasty,
    ...made(300, fc.jsonValue()),
    ...made(200, fc.string({ unit: 'binary', maxLength: 60 })),
    ...made(100, fc.string({ unit: 'grapheme', minLength: 20, maxLength: 200 })),
    ...made(100, fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.maxSafeInteger())),
  ]
}

/** Values that a date, a count or a code may have at its edges. */
export const edgeIntegers = [-1, 0, 1, 3, 4, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), 2 ** 53 - 1, 253_402_300_799_999, 253_402_300_800_000]

/** Spoils a text of JSON, mostly so that it is none any more. */
export const spoil = ({ pick, below, roll }: Chooser, text: string): Buffer => {
  const bytes = Buffer.from(text)
  const at = below(bytes.length + 1)
  const cut = (to: number): Buffer => bytes.subarray(0, to)
  switch (below(12)) {
    case 0:
      return cut(at)
    case 1:
      return Buffer.concat([cut(at), Buffer.from([below(256)]), bytes.subarray(at)])
    case 2:
      return bytes.map((byte, index) => (index === at ? below(256) : byte)) as Buffer
    case 3:
      return Buffer.concat([cut(at), Buffer.from(pick([[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf8, 0x88]])), bytes.subarray(at)])
    case 4:
      return Buffer.from(`\ufeff${text}`)
    case 5:
      return Buffer.from(`[${text}]`)
    case 6:
      return Buffer.from(pick(['', ' ', 'null', '1', '"text"', '[]', '{}', 'undefined', '<xml/>', 'a=1&b=2', '\0', '{"', `'${text}'`]))
    case 7: {
      const deep = pick([10, 31, 32, 33, 63, 64, 65, 1000, 50_000])
      const [open, close] = pick([
        ['[', ']'],
        ['{"a":', '}'],
      ] as const)
      return Buffer.from(`{"x":${open.repeat(deep)}1${roll() < 0.7 ? close.repeat(deep) : ''}}`)
    }
    case 8:
      return Buffer.from(text.replace('{', `{"pad":"${'x'.repeat(below(3000))}",`))
    case 9:
      return Buffer.from(text, 'utf16le')
    case 10:
      return Buffer.from(text.repeat(2))
    default:
      return Buffer.from(text.replaceAll('"', pick(["'", '“', '\\"', ''])))
  }
}

/** Puts something else in the place of one member's value, or takes a member away, or adds one; also in inner objects. */
export const mutate = (choose: Chooser, junk: readonly string[], value: object): string => {
  const { pick, chance, below } = choose
  const members = Object.entries(value).map(
    ([name, inner]) => [JSON.stringify(name), JSON.stringify(inner) ?? 'null', inner as unknown] as [string, string, unknown],
  )
  if (members.length === 0) return '{}'
  for (let times = chance(0.7) ? 1 : 3; times > 0; times -= 1) {
    const at = below(members.length)
    const [name, , inner] = members[at] ?? ['"x"', '', undefined]
    const within = typeof inner === 'object' && inner !== null && !Array.isArray(inner)
    if (within && chance(0.6)) members[at] = [name, mutate(choose, junk, inner), undefined]
    else if (chance(0.15)) members.splice(at, 1)
    else if (chance(0.1))
      members.push([chance(0.5) ? name : JSON.stringify(pick(['extra', '__proto__', 'constructor', ''])), pick(junk), undefined])
    else members[at] = [name, chance(0.2) ? String(pick(edgeIntegers)) : pick(junk), undefined]
    if (members.length === 0) break
  }
  return `{${members.map(([name, text]) => `${name}:${text}`).join(',')}}`
}
