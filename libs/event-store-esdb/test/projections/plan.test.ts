import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countEpochs, planStep, type ProjectionRecord, type Step, type Wanted } from '../../src/projections/plan.js'
import { deployedText, versionOf } from '../../src/projections/text.js'

const textOf = (version: number, source = 'text') => deployedText({ name: 'p', version, source, emits: true })
const wanted = (version: number, source?: string): Wanted => ({ text: textOf(version, source), version, emits: true })
const record = (version: number, given: Partial<ProjectionRecord> = {}): ProjectionRecord => ({
  query: textOf(version),
  epoch: -1,
  enabled: true,
  emitEnabled: true,
  deleted: false,
  ...given,
})

describe('what is to be done next, by what the server wrote down', () => {
  it.each<[string, ProjectionRecord[], Step]>([
    ['nothing', [], 'create'],
    ['what is wanted', [record(2)], 'leave'],
    ['what is wanted, stopped', [record(2), record(2, { enabled: false })], 'enable'],
    ['the same version with another text', [record(2, { query: textOf(2, 'other') })], 'update'],
    ['the same text that may not emit', [record(2, { emitEnabled: false })], 'update'],
    ['a text without a version, as of somebody else', [record(0, { query: 'fromAll()' })], 'disable'],
    ['an older version that runs', [record(1)], 'disable'],
    ['an older version that is stopped', [record(1), record(1, { enabled: false })], 'update'],
    ['the new text on the state of the old one', [record(1), record(2, { enabled: false })], 'reset'],
    ['the new text on the state of the old one, running', [record(1), record(2)], 'reset'],
    ['the new text from the beginning', [record(1), record(2), record(2, { epoch: 3, enabled: false })], 'enable'],
    ['a newer version', [record(3)], 'leave'],
    ['a newer version that is stopped', [record(3, { enabled: false })], 'enable'],
    ['a newer version whose reset is still to come', [record(1), record(3, { enabled: false })], 'reset'],
    ['one that was deleted', [record(2), record(2, { deleted: true })], 'create'],
    ['one that was created anew', [record(1), record(1, { deleted: true }), record(2)], 'leave'],
  ])('given %s, then %s', (_, records, step) => {
    expect(planStep(records, wanted(2))).toBe(step)
  })

  it('given any history and instances of any releases that take turns and die anywhere, then the newest release that got to its end is what runs', () => {
    const apply = (records: readonly ProjectionRecord[], step: Step, { text, emits }: Wanted): ProjectionRecord[] => {
      const last = records.at(-1)
      const base: ProjectionRecord = last ?? record(0)
      if (step === 'create') return [...records, { query: text, epoch: -1, enabled: true, emitEnabled: emits, deleted: false }]
      if (step === 'update') return [...records, { ...base, query: text, emitEnabled: emits }]
      if (step === 'reset') return [...records, { ...base, epoch: records.length }]
      return [...records, { ...base, enabled: step === 'enable' }]
    }
    const turn = fc.record({
      version: fc.integer({ min: 1, max: 4 }),
      source: fc.constantFrom('a', 'b'),
      steps: fc.integer({ min: 0, max: 6 }),
    })
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), fc.integer({ min: 1, max: 4 }), (turns, version) => {
        let records: ProjectionRecord[] = []
        for (const { version, source, steps } of turns)
          for (let i = 0; i < steps; i += 1) {
            const step = planStep(records, wanted(version, source))
            if (step === 'leave') break
            records = apply(records, step, wanted(version, source))
          }
        const mine = wanted(version, 'c')
        let taken = 0
        for (let step = planStep(records, mine); step !== 'leave'; step = planStep(records, mine)) {
          records = apply(records, step, mine)
          taken += 1
          expect(taken).toBeLessThan(6)
        }
        const last = records.at(-1)!
        const newest = Math.max(version, ...records.map(({ query }) => versionOf(query)))
        expect(versionOf(last.query)).toBe(newest)
        expect(last.enabled).toBe(true)
        expect(versionOf(records.find(({ epoch }) => epoch === last.epoch)!.query)).toBe(newest)
      }),
      { numRuns: 1000 },
    )
  })

  it('given resets, then each began an epoch; one that was created anew begins with the first', () => {
    expect(countEpochs([record(1), record(1, { enabled: false }), record(1, { epoch: 2 }), record(1, { epoch: 5 })])).toBe(3)
    expect(countEpochs([record(1), record(1, { epoch: 2, deleted: true }), record(1)])).toBe(1)
  })
})

describe('the version of a text', () => {
  it('given a text as it is sent, then its first line tells; given any other, then it is 0', () => {
    expect(versionOf(deployedText({ name: 'room-history', version: 12, source: 'fromAll()', emits: true }))).toBe(12)
    expect(versionOf('fromAll()\n// room-ledger projection p, version 3\n')).toBe(0)
    expect(versionOf('')).toBe(0)
  })
})
