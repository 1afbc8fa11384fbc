/** A projection's text in the language of EventStoreDB, and the events that it is tried on. */
export interface Text {
  readonly what: string
  /** `CATEGORY` stands for the category that it reads, `OUT` for the stream that it writes to. */
  readonly source: string
  /** Room, type and data; `-` on which the projection comes to rest, so that what it keeps was written down and read back. */
  readonly events: readonly (readonly [room: string, type: string, data?: object, metadata?: object] | '-')[]
  /** Default: one for each room, and the one of a projection without partitions. */
  readonly partitions?: readonly string[]
  /** Neither engine goes on: the text is at fault. */
  readonly faults?: true
}

const each = (handlers: string): string => `fromCategory('CATEGORY').foreachStream().when(${handlers})`
const together = (handlers: string): string => `fromCategory('CATEGORY').when(${handlers})`
const by = (partition: string, handlers: string): string => `fromCategory('CATEGORY').partitionBy(${partition}).when(${handlers})`

/** A value goes into a state, another room's event comes between, and what is found again is told. */
const kept = (what: string, value: string): Text => ({
  what: `a state that holds ${what}`,
  source: each(`{
    Put: (s) => { s.v = ${value}; emit('OUT', 'Put', { v: [${value}] }, { v: ${value} }) },
    Look: (s) => { emit('OUT', 'Found', { type: typeof s.v, has: 'v' in s, json: String(JSON.stringify(s.v)), minus: Object.is(s.v, -0) }) },
  }`),
  events: [['a', 'Put'], '-', ['b', 'Look'], '-', ['a', 'Look']],
})
const faulty = (what: string, body: string): Text => ({
  what,
  source: each(`{ A: (s, e) => { ${body} } }`),
  events: [['a', 'A']],
  faults: true,
})

const keys = [
  'k',
  7,
  1.5,
  '0',
  -1,
  0.1,
  1e21,
  1e15,
  1e16,
  2 ** 53,
  123456789012345680000,
  0.0001,
  0.00001,
  1e-7,
  ' ',
  'a/b',
  'Zoë 管理员 😀',
]
const nets = ['1E+21', '1E+17', '-1.5E+17', '1.2345678901234568E+20', '1E-05', '1E-07']
const ab: Text['events'] = [
  ['a', 'A', { n: 1 }],
  ['b', 'A', { n: 2 }],
  ['a', 'A', { n: 3 }],
  ['b', 'A', { n: 0 }],
]

export const texts: readonly Text[] = [
  {
    what: 'partitionBy a text or a number; anything else skips the event',
    source: by(
      '(e) => e.data.key',
      `{ A: (s, e) => { s.n = (s.n || 0) + 1; emit('OUT', 'In', { partition: e.partition, type: typeof e.partition }) } }`,
    ),
    events: [...keys, null, true, [], {}, ...keys, 'end'].map((key) => ['a', 'A', { key }] as const),
    partitions: [...keys.map(String), ...nets, 'end'],
  },
  { what: 'partitionBy -0', source: by('() => -0', '{ A: (s) => { s.n = 1 } }'), events: [['a', 'A']], partitions: ['-0', '0'] },
  { what: 'partitionBy an empty text', source: by("() => ''", '{ A: () => {} }'), events: [['a', 'A']], faults: true },
  { what: 'partitionBy that throws', source: by("() => { throw new Error('x') }", '{ A: () => {} }'), events: [['a', 'A']], faults: true },
  {
    what: 'partitionBy sees the event, but no partition',
    source: by(
      '(e) => [e.partition, e.sequenceNumber, e.eventType, e.category.length > 1, e.body.n].join()',
      `{ A: (s, e) => { emit('OUT', 'In', { of: e.partition }) } }`,
    ),
    events: ab,
  },
  {
    what: 'linkTo',
    source: each(`{ A: (s, e) => { linkTo('OUT', e) }, B: (s, e) => { linkTo('OUT', e, { why: 'x', n: 1 }) } }`),
    events: [
      ['a', 'A'],
      ['b', 'B'],
      ['a', 'B'],
    ],
  },
  { what: 'linkStreamTo', source: together(`{ A: (s, e) => { linkStreamTo('OUT', e.streamId) } }`), events: ab },
  {
    what: 'copyTo, which does nothing, and log',
    source: each(`{ A: (s, e) => { copyTo('OUT', e); log('x', { a: 1 }, null); log(); s.n = 1 } }`),
    events: ab,
  },
  {
    what: '$created, once for each partition',
    source: each(`{
      $init: () => ({ n: 0 }),
      $created: (s, e) => { s.by = e.sequenceNumber; emit('OUT', 'Created', { category: e.category, type: e.eventType }); return { not: 'used' } },
      A: (s) => { s.n += 1; emit('OUT', 'A', { n: s.n }) },
    }`),
    events: ab,
  },
  {
    what: '$created and $init again after a null state',
    source: each(
      `{ $init: () => ({ n: 0 }), $created: () => { emit('OUT', 'Created', {}) }, A: (s) => { emit('OUT', 'A', { s: JSON.stringify(s) }); return null } }`,
    ),
    events: ['-', ['a', 'A'], '-', ['a', 'A'], '-', ['b', 'A'], '-', ['a', 'A']],
  },
  {
    what: 'emit in $init',
    source: each(`{ $init: () => { emit('OUT', 'Init', {}); return {} }, A: () => { emit('OUT', 'A', {}) } }`),
    events: ab,
    faults: true,
  },
  {
    what: '$deleted, where nothing is deleted',
    source: each(`{ $deleted: (s) => { emit('OUT', 'Deleted', {}) }, A: (s) => { s.n = (s.n || 0) + 1 } }`),
    events: ab,
  },
  {
    what: '$any',
    source: each(`{ $any: (s, e) => { s[e.eventType] = (s[e.eventType] || 0) + 1; emit('OUT', 'Any', { type: e.eventType }) } }`),
    events: [
      ['a', 'A'],
      ['b', 'B'],
      ['a', 'ключ'],
      ['a', ' A'],
      ['a', 'A'],
    ],
  },
  {
    what: 'types that objects have by birth',
    source: each(`{ A: () => { emit('OUT', 'A', {}) }, constructor: () => { emit('OUT', 'constructor', {}) } }`),
    events: [
      ['a', 'toString'],
      ['a', 'constructor'],
      ['a', 'hasOwnProperty'],
      ['a', 'a'],
      ['a', 'A'],
    ],
  },
  { what: 'a number as the state, by partition', source: each('{ $init: () => 5, A: (s, e) => s + e.data.n }'), events: ab },
  {
    what: 'a number as the state and the result',
    source: `${together('{ $init: () => 5, A: (s, e) => s + e.data.n }')}.outputState()`,
    events: ab,
  },
  { what: 'a list as the state', source: each('{ $init: () => [], A: (s, e) => { s.push(e.data.n) } }'), events: ab },
  { what: 'a truth as the state', source: each('{ $init: () => false, A: (s) => !s }'), events: ab },
  { what: "the event's body as the state", source: each('{ A: (s, e) => e.data }'), events: ab },
  {
    what: 'a text as the state',
    source: each("{ $init: () => 'x', A: (s) => s + 'y' }"),
    events: [['a', 'A'], '-', ['b', 'A'], '-', ['a', 'A']],
    faults: true,
  },
  {
    what: 'results of partitions',
    source: `${each(`{ $init: () => ({ n: 0 }), A: (s, e) => { s.n += e.data.n; emit('OUT', 'A', {}) } }`)}.outputState()`,
    events: ab,
  },
  {
    what: 'results that are changed and filtered',
    source: `${together('{ A: (s, e) => { s.n = e.data.n } }')}.transformBy((s) => ({ d: s.n * 2 })).filterBy((r) => r.d > 2 ? true : 'almost')`,
    events: ab,
  },
  kept('undefined', 'undefined'),
  kept('a date', 'new Date(0)'),
  kept('a date that is none', 'new Date(NaN)'),
  kept('-0', '-0'),
  kept('unicode', "'Zoë 管理员 😀 \\u2028'"),
  kept('half a surrogate pair', "'a\\ud83d'"),
  kept('a big integer', '12345678901234567890n'),
  kept('large and small numbers', '[1e21, 1e20, 1e-7, 1e-6, 2 ** 53, 0.1 + 0.2, 1.7976931348623157e308]'),
  kept('a map, a set, a promise', "[new Map([['a', 1]]), new Set([1]), Promise.resolve(1)]"),
  kept('an error', "new Error('x')"),
  kept('a pattern', '/a/g'),
  kept('gaps in a list', '[1, , undefined, 3]'),
  kept('what it inherited', 'Object.create({ inherited: 1 })'),
  kept('names that are numbers', '({ b: 1, 10: 1, 2: 1, a: 1 })'),
  kept('nested undefined', '({ a: undefined, b: { c: undefined, d: null } })'),
  faulty('a state that holds NaN', 's.v = [{ n: NaN }]'),
  faulty('a state that holds a symbol', "s.v = Symbol('x')"),
  faulty('emit with a text as the body', "emit('OUT', 'A', 'text')"),
  faulty('emit with undefined as metadata', "emit('OUT', 'A', {}, undefined)"),
  faulty('linkTo with undefined as metadata', "linkTo('OUT', e, undefined)"),
  faulty('linkStreamTo with three arguments', "linkStreamTo('OUT', 'x', {})"),
  faulty('a blank type', "emit('OUT', ' ', {})"),
  {
    what: 'emit with five arguments passes over the metadata',
    source: each(`{ A: () => { emit('OUT', 'A', {}, { m: 1 }, 1) } }`),
    events: ab,
  },
  {
    what: 'correlation',
    source: each(`{ A: () => { emit('OUT', 'A', {}) }, B: () => { emit('OUT', 'B', {}, { $correlationId: 'own', $causedBy: 'me' }) } }`),
    events: ['x', '', null, 7, { a: 1 }].flatMap(($correlationId) =>
      (['A', 'B'] as const).map((type) => ['a', type, {}, { $correlationId, $causationId: 'c' }] as const),
    ),
  },
]
