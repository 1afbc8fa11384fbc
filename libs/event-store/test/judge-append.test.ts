import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { judgeAppend } from '../src/index.js'

const ids = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f')
const stream = fc.uniqueArray(ids, { maxLength: 6 })
const events = fc.uniqueArray(ids, { maxLength: 4 })
const expectation = fc.oneof(fc.constantFrom('any' as const, 'noStream' as const, 'exists' as const), fc.nat(6))

const judge = (expected: 'any' | 'noStream' | 'exists' | number, written: readonly string[], wanted: readonly string[]) =>
  judgeAppend(
    expected,
    written.length - 1,
    wanted.map((id) => (written.includes(id) ? written.indexOf(id) : undefined)),
  )

const runs = { numRuns: 2_000 }

it('never lets an id into a stream twice', () => {
  fc.assert(
    fc.property(expectation, stream, events, (expected, written, wanted) => {
      const repeated = wanted.filter((id) => written.includes(id))
      expect(judge(expected, written, wanted).kind === 'append' && repeated.length > 0).toBe(false)
    }),
    runs,
  )
})

it('answers the repetition of any append that was written, whatever came after it, with the revision of the first time', () => {
  fc.assert(
    fc.property(expectation, stream, events, stream, (expected, written, wanted, later) => {
      fc.pre(wanted.length > 0 && judge(expected, written, wanted).kind === 'append')
      const after = [...written, ...wanted, ...later.filter((id) => !written.includes(id) && !wanted.includes(id))]
      expect(judge(expected, after, wanted)).toEqual({ kind: 'idempotent', revision: written.length + wanted.length - 1 })
    }),
    runs,
  )
})

it('calls idempotent only what stands in the stream in one piece, directly behind a revision that was expected', () => {
  fc.assert(
    fc.property(expectation, stream, events, (expected, written, wanted) => {
      const verdict = judge(expected, written, wanted)
      if (verdict.kind !== 'idempotent') return
      const start = verdict.revision - wanted.length + 1
      expect(written.slice(start, verdict.revision + 1)).toEqual(wanted)
      const outgrown = expected === 'noStream' || (typeof expected === 'number' && expected !== written.length - 1)
      expect(start).toBe(outgrown ? (expected === 'noStream' ? 0 : expected + 1) : start)
    }),
    runs,
  )
})

it('writes new events exactly where the expectation holds', () => {
  fc.assert(
    fc.property(expectation, stream, (expected, written) => {
      const head = written.length - 1
      const holds = { any: true, noStream: head === -1, exists: head >= 0 }[String(expected)] ?? head === expected
      expect(judge(expected, written, ['new', 'newer']).kind).toBe(holds ? 'append' : 'conflict')
    }),
    runs,
  )
})
