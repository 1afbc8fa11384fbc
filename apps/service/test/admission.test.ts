import { setImmediate as nextRound } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createAdmission } from '../src/callbacks/admission.js'
import { createRounds } from '../src/callbacks/rounds.js'

describe('what is under way', () => {
  it('is bounded in number; who leaves makes room', () => {
    const admission = createAdmission({ callbacks: 2, bytes: 1_000 })
    const first = admission.enter(1)!
    expect(admission.enter(1)).toBeDefined()
    expect(admission.enter(1)).toBeUndefined()
    first.leave()
    first.leave()
    expect(admission.enter(1)).toBeDefined()
    expect(admission.enter(1)).toBeUndefined()
  })

  it('is bounded in bytes, but for one that is alone', () => {
    const admission = createAdmission({ callbacks: 10, bytes: 1_000 })
    const huge = admission.enter(5_000)!
    expect(admission.enter(1)).toBeUndefined()
    huge.leave()
    expect([600, 400, 1].map((bytes) => admission.enter(bytes) !== undefined)).toEqual([true, true, false])
  })

  it('counts a sender that has gone for as long as its work goes on', () => {
    const admission = createAdmission({ callbacks: 1, bytes: 1_000 })
    const { place, leave } = admission.enter(1)!
    const done = place.hold()
    leave()
    expect(admission.enter(1)).toBeUndefined()
    done()
    expect(admission.enter(1)).toBeDefined()
  })
})

describe('rounds', () => {
  it('let a few go on at once, without waiting', () => {
    const turn = createRounds(3)
    expect([turn(), turn(), turn()]).toEqual([undefined, undefined, undefined])
  })

  it('let all others go on in the rounds that follow, in their order, more at a time the more there are', async () => {
    const turn = createRounds(3)
    const gone: number[] = []
    const counts: number[] = []
    for (let n = 0; n < 40; n += 1) void (async () => (await turn(), gone.push(n)))()
    for (let before = -1; before !== gone.length && counts.length < 50;) {
      before = gone.length
      await nextRound()
      counts.push(gone.length - before)
    }
    expect(gone).toEqual(Array.from({ length: 40 }, (_, n) => n))
    expect(counts.length).toBeGreaterThan(4)
    expect(Math.max(...counts)).toBeLessThan(25)
  })

  it('give a later one a place at once when the crowd is over', async () => {
    const turn = createRounds(1)
    await Promise.all([turn(), turn(), turn()])
    await nextRound()
    await nextRound()
    expect(turn()).toBeUndefined()
  })
})
