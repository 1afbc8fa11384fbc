import { describe, expect, it } from 'vitest'
import { project } from './run.js'

const counting = '.when({ $any: function (s, e) { s.seen = (s.seen || []).concat(e.eventType) } })'

describe('EventStoreDB rule: which events a source delivers', () => {
  it('fromCategory: what stands before the first dash, and nothing that merely begins so', () => {
    const run = project(`fromCategory('room')${counting}`)
    run.feed(
      { stream: 'room-a-b', type: 'A' },
      { stream: 'rooms-a', type: 'B' },
      { stream: 'roomHistory-a', type: 'C' },
      { stream: 'room', type: 'D' },
    )
    expect(run.stateOf()).toEqual({ seen: ['A'] })
  })

  it('fromStream and fromStreams: exactly these', () => {
    const one = project(`fromStream('room-a')${counting}`)
    one.feed({ stream: 'room-a', type: 'A' }, { stream: 'room-ab', type: 'B' })
    expect(one.stateOf()).toEqual({ seen: ['A'] })
    const two = project(`fromStreams(['a-1', 'b-1'])${counting}`)
    two.feed({ stream: 'a-1', type: 'A' }, { stream: 'b-1', type: 'B' }, { stream: 'c-1', type: 'C' })
    expect(two.stateOf()).toEqual({ seen: ['A', 'B'] })
  })

  it('several categories, as a list or as arguments', () => {
    for (const names of [`['a', 'b']`, `'a', 'b'`]) {
      const run = project(`fromCategory(${names})${counting}`)
      run.feed({ stream: 'a-1', type: 'A' }, { stream: 'b-1', type: 'B' }, { stream: 'c-1', type: 'C' })
      expect(run.stateOf()).toEqual({ seen: ['A', 'B'] })
    }
  })

  it('fromAll: every stream but system streams', () => {
    const run = project(`fromAll()${counting}`)
    run.feed({ stream: 'a-1', type: 'A' }, { stream: '$settings', type: 'B' }, { stream: 'plain', type: 'C' })
    expect(run.stateOf()).toEqual({ seen: ['A', 'C'] })
  })

  it('named handlers see their own types only, and other events begin no partition', () => {
    const run = project(`fromAll().foreachStream().when({ A: function (s) { s.a = 1 } })`)
    run.feed({ stream: 'x-1', type: 'B' }, { stream: 'x-2', type: 'A' })
    expect([...run.partitions.keys()]).toEqual(['x-2'])
  })
})

describe('EventStoreDB rule: the event object', () => {
  const event = { stream: 'room-1', type: 'A', id: 'e-1', data: { x: 1 }, metadata: { m: 2 } }

  it('carries names, numbers, raw and parsed bodies', () => {
    const run = project(`fromCategory('room').foreachStream().when({ A: function (s, e) {
      return { partition: e.partition, streamId: e.streamId, eventId: e.eventId, eventType: e.eventType, sequenceNumber: e.sequenceNumber,
        isJson: e.isJson, category: e.category, bodyRaw: e.bodyRaw, metadataRaw: e.metadataRaw, body: e.body, same: e.body === e.data, metadata: e.metadata }
    } })`)
    run.feed(event)
    expect(run.stateOf('room-1')).toEqual({
      partition: 'room-1',
      streamId: 'room-1',
      eventId: 'e-1',
      eventType: 'A',
      sequenceNumber: 0,
      isJson: true,
      category: 'room',
      bodyRaw: '{"x":1}',
      metadataRaw: '{"m":2}',
      body: { x: 1 },
      same: true,
      metadata: { m: 2 },
    })
  })

  it('has no category with several categories or fromAll', () => {
    for (const from of [`fromCategory('room', 'b')`, 'fromAll()']) {
      const run = project(`${from}.when({ A: function (s, e) { s.category = e.category } })`)
      run.feed(event)
      expect(run.stateOf()).toEqual({ category: null })
    }
  })

  it('is read-only', () => {
    const run = project(
      `fromAll().when({ A: function (s, e) { e.eventType = 'Z'; e.body = null; s.type = e.eventType; s.body = e.body } })`,
    )
    run.feed(event)
    expect(run.stateOf()).toEqual({ type: 'A', body: { x: 1 } })
  })

  it('holds bodies of the projection’s own realm, so that instanceof holds', () => {
    const run = project(`fromAll().when({ A: function (s, e) { s.array = e.body.list instanceof Array } })`)
    run.feed({ ...event, data: { list: [1] } })
    expect(run.stateOf()).toEqual({ array: true })
  })

  it.each(['created', 'linkMetadata', 'linkMetadataRaw'])('refuses %s, which the embedded store does not know', (name) => {
    const run = project(`fromAll().when({ A: function (s, e) { s.x = e.${name} } })`)
    expect(() => run.feed(event)).toThrow(`event.${name}`)
  })
})
