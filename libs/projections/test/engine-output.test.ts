import { describe, expect, it } from 'vitest'
import { project } from './run.js'

const handling = (body: string, options = {}) => project(`fromAll().when({ Happened: function (s, e) { ${body} } })`, options)

describe('EventStoreDB rule: emitting', () => {
  it('emit writes stream, type, body and metadata', () => {
    const run = handling(`emit('out', 'Said', { a: e.body.a }, { extra: 1 })`)
    run.feed({ data: { a: [1] } })
    expect(run.emitted).toEqual([{ stream: 'out', type: 'Said', data: { a: [1] }, metadata: { extra: 1 } }])
  })

  it.each([
    [`emit('out', 'Said')`, /stream, type and body/],
    [`emit('out', 'Said', 'text')`, /object expected/],
    [`emit('out', 'Said', null)`, /object expected/],
    [`emit('out', 'Said', {}, 'text')`, /object expected/],
    [`emit(' ', 'Said', {})`, /not blank/],
    [`emit('out', 5, {})`, /event type/],
    [`emit('out', 'Said', { n: NaN })`, /NaN/],
    [`linkTo('out')`, /linkTo/],
    [`linkTo('out', {})`, /Invalid link to event/],
  ])('%s faults', (call, message) => {
    expect(() => handling(call).feed({})).toThrow(message)
  })

  it('linkTo writes $> with number@stream', () => {
    const run = handling(`linkTo('out', e, { why: 'x' })`)
    run.feed({ stream: 'room-1' }, { stream: 'room-1' })
    expect(run.emitted.map(({ type, data, metadata }) => [type, data, metadata])).toEqual([
      ['$>', '0@room-1', { why: 'x' }],
      ['$>', '1@room-1', { why: 'x' }],
    ])
  })

  it('linkStreamTo writes $@, and throws with three arguments', () => {
    const run = handling(`linkStreamTo('out', e.streamId)`)
    run.feed({ stream: 'room-1' })
    expect(run.emitted).toMatchObject([{ stream: 'out', type: '$@', data: 'room-1' }])
    expect(() => handling(`linkStreamTo('out', 'x', {})`).feed({})).toThrow(/two arguments/)
  })

  it('copyTo does nothing', () => {
    const run = handling(`copyTo('out', e)`)
    run.feed({})
    expect(run.emitted).toEqual([])
  })

  it('log goes to the log', () => {
    const run = handling(`log('seen', { n: 1 })`)
    run.feed({})
    expect(run.logged).toEqual(['seen ,{"n":1}'])
  })

  it('emitting without emitEnabled faults; results need none', () => {
    expect(() => handling(`emit('out', 'Said', {})`, { emits: false }).feed({})).toThrow(/not allowed/)
    const run = project(`fromAll().when({ Happened: function (s) { s.n = 1 } }).outputState()`, { emits: false })
    run.feed({})
    expect(run.emitted).toHaveLength(1)
  })
})

describe('EventStoreDB rule: results', () => {
  it('come only on a change, after the emits of the handler', () => {
    const run = project(`fromAll().when({ Set: function (s, e) { s.v = e.body.v; emit('out', 'Said', {}) } }).outputState()`)
    run.feed({ type: 'Set', data: { v: 1 } }, { type: 'Set', data: { v: 1 } }, { type: 'Set', data: { v: 2 } })
    expect(run.emitted.map(({ stream, type, data }) => [stream, type, data])).toEqual([
      ['out', 'Said', {}],
      ['$projections-p-result', 'Result', { v: 1 }],
      ['out', 'Said', {}],
      ['out', 'Said', {}],
      ['$projections-p-result', 'Result', { v: 2 }],
    ])
  })

  it('of a partition: its own stream, a link in the common one, and its name in the list of partitions', () => {
    const run = project(`fromAll().foreachStream().when({ Happened: function (s) { s.n = (s.n || 0) + 1 } }).outputState()`)
    run.feed({ stream: 'a' }, { stream: 'a' })
    expect(run.emitted.map(({ stream, type, data }) => [stream, type, data])).toEqual([
      ['$projections-p-partitions', '$partition', 'a'],
      ['$projections-p-a-result', 'Result', { n: 1 }],
      ['$projections-p-result', '$>', 'last@$projections-p-a-result'],
      ['$projections-p-a-result', 'Result', { n: 2 }],
      ['$projections-p-result', '$>', 'last@$projections-p-a-result'],
    ])
  })

  it('transformBy and filterBy imply outputState; only true passes a filter; a lost result is removed', () => {
    const run = project(`fromAll().when({ Set: function (s, e) { s.v = e.body.v } })
      .transformBy(function (s) { return { doubled: s.v * 2 } }).filterBy(function (r) { return r.doubled > 2 ? true : 'almost' })`)
    run.feed(...[1, 2, 1, 1].map((v) => ({ type: 'Set', data: { v } })))
    expect(run.emitted.map(({ type, data }) => [type, data])).toEqual([
      ['Result', { doubled: 4 }],
      ['ResultRemoved', ''],
    ])
  })
})
