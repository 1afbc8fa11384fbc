import { describe, expect, it } from 'vitest'
import { project } from './run.js'

describe('EventStoreDB rule: the definition phase', () => {
  it('removes the definition functions once the script has run', () => {
    const run = project(`fromAll().when({ Happened: function (s, e) {
      s.types = [typeof fromAll, typeof fromStream, typeof fromStreams, typeof fromCategory, typeof fromCategories, typeof options, typeof on_event, typeof on_any]
    }})`)
    run.feed({})
    expect(run.stateOf()).toEqual({ types: Array(8).fill('undefined') })
  })

  it('has emit, linkTo, linkStreamTo and copyTo only from then on; log is there from the beginning', () => {
    const run = project(`var before = [typeof emit, typeof linkTo, typeof linkStreamTo, typeof copyTo, typeof log]
      fromAll().when({ Happened: function (s, e) {
        s.before = before
        s.after = [typeof emit, typeof linkTo, typeof linkStreamTo, typeof copyTo, typeof log]
      }})`)
    run.feed({})
    expect(run.stateOf()).toEqual({ before: [...Array(4).fill('undefined'), 'function'], after: Array(5).fill('function') })
  })

  it.each([
    ['foreachStream after fromStream', `fromStream('a').foreachStream().when({ A: function () {} })`],
    ['foreachStream after fromStreams', `fromStreams(['a', 'b']).foreachStream().when({ A: function () {} })`],
    [
      'foreachStream after several categories (they are several streams)',
      `fromCategory('a', 'b').foreachStream().when({ A: function () {} })`,
    ],
    ['outputState right after foreachStream', `fromAll().foreachStream().outputState()`],
    ['partitionBy after foreachStream', `fromAll().foreachStream().partitionBy(function () {})`],
    ['when after when', `fromAll().when({ A: function () {} }).when({ A: function () {} })`],
    ['transformBy before when', `fromAll().transformBy(function () {})`],
  ])('offers no %s', (_, source) => {
    expect(() => project(source)).toThrow(/is not a function/)
  })

  it.each([
    [
      `fromAll().foreachStream().when({ A: function () {} }).transformBy(function (s) { return s }).filterBy(function () { return true }).outputState()`,
    ],
    [`fromAll().outputState().transformBy(function (s) { return s }); on_any(function () {})`],
    [`fromCategory('a').partitionBy(function (e) { return 1 }).when({ A: function () {} }).outputState()`],
  ])('accepts the chain %s', (source) => {
    expect(() => project(source)).not.toThrow()
  })

  it('takes handlers from on_event and on_any as from when', () => {
    const named = project(`fromAll(); on_event('Happened', function (s) { s.n = (s.n || 0) + 1 })`)
    named.feed({}, { type: 'Other' })
    expect(named.stateOf()).toEqual({ n: 1 })
    const any = project(`fromAll(); on_any(function (s) { s.n = (s.n || 0) + 1 })`)
    any.feed({}, { type: 'Other' })
    expect(any.stateOf()).toEqual({ n: 2 })
  })

  it('refuses $any beside named handlers, whichever comes first', () => {
    expect(() => project(`fromAll().when({ $any: function () {}, A: function () {} })`)).toThrow(/\$any cannot stand beside/)
    expect(() => project(`fromAll().when({ A: function () {}, $any: function () {} })`)).toThrow(/\$any cannot stand beside/)
  })

  it('accepts $init and $created beside $any', () => {
    expect(() =>
      project(`fromAll().when({ $init: function () { return {} }, $created: function () {}, $any: function () {} })`),
    ).not.toThrow()
  })

  it('accepts $deleted only with foreachStream', () => {
    expect(() => project(`fromAll().foreachStream().when({ A: function () {}, $deleted: function () {} })`)).not.toThrow()
    expect(() => project(`fromAll().when({ A: function () {}, $deleted: function () {} })`)).toThrow(/foreachStream/)
  })

  it('refuses an unknown option as EventStoreDB does', () => {
    expect(() => project(`options({ surprise: 1 }); fromAll().when({ A: function () {} })`)).toThrow('Unrecognized option: surprise')
  })

  it('lets an option pass, in any case, that asks for what is the default', () => {
    expect(() => project(`options({ $INCLUDELINKS: false, biState: false }); fromAll().when({ A: function () {} })`)).not.toThrow()
  })

  it('refuses a text that does not parse, names no source, or throws', () => {
    expect(() => project('fromAll(')).toThrow(/SyntaxError/)
    expect(() => project('var x = 1')).toThrow(/no source/)
    expect(() => project(`throw new Error('no luck')`)).toThrow('no luck')
  })

  it('gives a text 500 ms to define itself', () => {
    expect(() => project('while (true) {}')).toThrow(/500 ms/)
  })

  it('has no eval, no Function constructor, no require, no timers, no console', () => {
    expect(() => project(`eval('1')`)).toThrow(/EvalError/)
    expect(() => project(`new Function('return 1')()`)).toThrow(/EvalError/)
    const run = project(`var types = [typeof require, typeof process, typeof setTimeout, typeof console, typeof fetch]
      fromAll().when({ Happened: function (s) { s.types = types } })`)
    run.feed({})
    expect(run.stateOf()).toEqual({ types: Array(5).fill('undefined') })
  })
})

describe('what the engine leaves out is refused by name', () => {
  it.each([
    ['options({ biState: true })', /biState/],
    ['options({ reorderEvents: true })', /reorderEvents/],
    ['options({ processingLag: 500 })', /processingLag/],
    ['options({ $includeLinks: true })', /\$includeLinks/],
    [`options({ resultStreamName: 'x' })`, /resultStreamName/],
    ['fromAll().when({ $initShared: function () { return {} } })', /\$initShared/],
    [`fromAll().when({ A: function () {} }).outputTo('x')`, /outputTo/],
    [`fromAll().when({ $init: function () {}, $created: function () {} })`, /no handler for any event/],
    [`fromStream('$ce-room').when({ A: function () {} })`, /system streams/],
    ['fromAll().outputState()', /without when/],
    [`fromAll().when({ A: function () {} }); fromStream('x')`, /one source/],
  ])('%s', (source, message) => {
    expect(() => project(source)).toThrow(message)
  })
})
