import { describe, expect, it } from 'vitest'
import { project } from './run.js'

const a = { stream: 'room-a' }
const b = { stream: 'room-b' }
const perStream = (handlers: string, options = {}) => project(`fromCategory('room').foreachStream().when(${handlers})`, options)

describe('EventStoreDB rule: what becomes of the state', () => {
  it('is {} without $init', () => {
    const run = perStream('{ Happened: function (s) { s.was = JSON.stringify(s) } }')
    run.feed(a)
    expect(run.stateOf('room-a')).toEqual({ was: '{}' })
  })

  it('begins as $init says, for each partition anew', () => {
    const run = perStream('{ $init: function () { return { n: 10 } }, Happened: function (s) { s.n += 1 } }')
    run.feed(a, a, b)
    expect([run.stateOf('room-a'), run.stateOf('room-b')]).toEqual([{ n: 12 }, { n: 11 }])
  })

  it('keeps the mutated state when the handler gives undefined', () => {
    const run = perStream('{ Happened: function (s) { s.n = 1 } }')
    run.feed(a)
    expect(run.stateOf('room-a')).toEqual({ n: 1 })
  })

  it('is replaced by whatever else the handler gives', () => {
    const run = perStream('{ Happened: function (s) { s.n = 1; return { other: 2 } } }')
    run.feed(a)
    expect(run.stateOf('room-a')).toEqual({ other: 2 })
  })

  it('null is seen as null by the next event of the same partition, but begins again after a switch', () => {
    const handlers = `{ $init: function () { return { fresh: true } }, ToNull: function () { return null }, Look: function (s) { return { saw: s } } }`
    const same = perStream(handlers)
    same.feed({ ...a, type: 'ToNull' }, { ...a, type: 'Look' })
    expect(same.stateOf('room-a')).toEqual({ saw: null })
    const switched = perStream(handlers)
    switched.feed({ ...a, type: 'ToNull' }, { ...b, type: 'Look' }, { ...a, type: 'Look' })
    expect(switched.stateOf('room-a')).toEqual({ saw: { fresh: true } })
  })

  const dates = `{ Begin: function (s) { s.at = new Date(0); s.gone = undefined }, Look: function (s) { s.kind = typeof s.at; s.has = 'gone' in s } }`
  it('is a live object between events of one partition', () => {
    const run = perStream(dates)
    run.feed({ ...a, type: 'Begin' }, { ...a, type: 'Look' })
    expect(run.stateOf('room-a')).toMatchObject({ kind: 'object', has: true })
  })

  it('goes through JSON when the partition changes', () => {
    const run = perStream(dates)
    run.feed({ ...a, type: 'Begin' }, { ...b, type: 'Begin' }, { ...a, type: 'Look' })
    expect(run.stateOf('room-a')).toMatchObject({ kind: 'object', at: {}, has: false })
  })

  it('goes through JSON at a restart, and survives it', () => {
    const run = perStream(dates)
    run.feed({ ...a, type: 'Begin' })
    run.restart()
    run.feed({ ...a, type: 'Look' })
    expect(run.stateOf('room-a')).toMatchObject({ kind: 'object', at: {}, has: false })
  })

  it('keeps a BigInt as text and makes {} of a Promise', () => {
    const run = project(`fromAll().when({ Happened: function (s) { s.big = 12345678901234567890n; s.later = Promise.resolve(1) } })`)
    run.feed({})
    expect(run.stateOf()).toEqual({ big: '12345678901234567890', later: {} })
  })

  it.each(['NaN', 'Infinity', '-Infinity'])('faults on %s, however deep', (value) => {
    const run = project(`fromAll().when({ Happened: function (s) { s.deep = [{ n: ${value} }] } })`)
    expect(() => run.feed({})).toThrow(`state holds ${value} at n`)
  })

  it.each([
    ['function', 'function () {}'],
    ['symbol', 'Symbol()'],
  ])('faults on a %s, which would not come back', (kind, value) => {
    const run = project(`fromAll().when({ Happened: function (s) { s.x = ${value} } })`)
    expect(() => run.feed({})).toThrow(`state holds a ${kind} at x`)
  })

  it('keeps partitions apart also when only few are held in memory', () => {
    const run = perStream('{ Happened: function (s) { s.n = (s.n || 0) + 1 } }', { hotPartitions: 2 })
    const streams = Array.from({ length: 10 }, (_, i) => ({ stream: `room-${i}` }))
    run.feed(...streams)
    run.feed(...streams)
    expect(streams.map(({ stream }) => run.stateOf(stream))).toEqual(streams.map(() => ({ n: 2 })))
  })
})

describe('EventStoreDB rule: $created', () => {
  const handlers = `{ $init: function () { return {} }, $created: function (s, e) { s.by = e.eventId; emit('begun', 'Begun', { of: e.partition }); return { not: 'used' } },
    Happened: function (s) { emit('begun', 'Handled', {}) } }`

  it('runs once when a partition is first seen; its emits come first, its return value counts for nothing', () => {
    const run = perStream(handlers)
    run.feed({ ...a, id: 'e-1' }, { ...a, id: 'e-2' }, { ...b, id: 'e-3' }, { ...a, id: 'e-4' })
    expect(run.stateOf('room-a')).toEqual({ by: 'e-1' })
    expect(run.emitted.map(({ type }) => type)).toEqual(['Begun', 'Handled', 'Handled', 'Begun', 'Handled', 'Handled'])
  })

  it('does not run again after a restart', () => {
    const run = perStream(handlers)
    run.feed(a)
    run.restart()
    run.feed(a)
    expect(run.emitted.map(({ type }) => type)).toEqual(['Begun', 'Handled', 'Handled'])
  })
})

describe('EventStoreDB rule: partitionBy', () => {
  it('takes a text or a number, and skips the event for anything else', () => {
    const run = project(
      `fromAll().partitionBy(function (e) { return e.body.key }).when({ Happened: function (s, e) { s.partition = e.partition } })`,
    )
    run.feed(
      { data: { key: 'k' } },
      { data: { key: 7 } },
      { data: {} },
      { data: { key: null } },
      { data: { key: true } },
      { data: { key: {} } },
    )
    expect([...run.partitions.keys()]).toEqual(['k', '7'])
    expect(run.stateOf('7')).toEqual({ partition: '7' })
  })

  it('foreachStream: the stream, without the $$ of a metadata stream', () => {
    const run = perStream('{ Happened: function (s, e) { s.partition = e.partition } }')
    run.feed({ stream: 'room-x-y' })
    expect(run.stateOf('room-x-y')).toEqual({ partition: 'room-x-y' })
  })
})

describe('EventStoreDB rule: faults', () => {
  it('a handler that throws faults, naming the error and the event', () => {
    const run = project(`fromAll().when({ Happened: function () { null.x } })`)
    expect(() => run.feed({ stream: 'room-9' })).toThrow(/TypeError: .*event 0@room-9, Happened/)
  })

  it('a handler has 250 ms', () => {
    const run = project(`fromAll().when({ Happened: function () { while (true) {} } })`)
    expect(() => run.feed({})).toThrow(/took more than 250 ms/)
  })

  it('a handler that mostly waits for a busy machine does not fault', () => {
    const napping = new Int32Array(new SharedArrayBuffer(4))
    const nap = (): void => void Atomics.wait(napping, 0, 0, 150)
    const run = project(`fromAll().when({ Happened: function (s) { log('a'); log('b'); s.done = true } })`, { onLog: nap })
    run.feed({})
    expect(run.stateOf()).toEqual({ done: true })
  })
})
