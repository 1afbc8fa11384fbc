import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { createTurns } from '../src/index.js'

it('runs what has the same key one after another, in the order it was asked for', async () => {
  const { inTurn } = createTurns()
  const seen: string[] = []
  const work = (name: string, ms: number) => async () => {
    seen.push(`${name} begins`)
    await pause(ms)
    seen.push(`${name} ends`)
    return name
  }
  const results = await Promise.all([inTurn('room', work('a', 20)), inTurn('room', work('b', 5)), inTurn('room', work('c', 0))])
  expect(results).toEqual(['a', 'b', 'c'])
  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

it('lets other keys run meanwhile', async () => {
  const { inTurn } = createTurns()
  const gate = Promise.withResolvers<void>()
  const held = inTurn('held', () => gate.promise)
  await inTurn('free', async () => gate.resolve())
  await expect(held).resolves.toBeUndefined()
})

it('goes on after a failure, which only its own caller sees', async () => {
  const { inTurn } = createTurns()
  const outcomes = await Promise.allSettled([
    inTurn('room', async () => {
      throw new Error('mine')
    }),
    inTurn('room', async () => 'fine'),
  ])
  expect(outcomes).toEqual([
    { status: 'rejected', reason: new Error('mine') },
    { status: 'fulfilled', value: 'fine' },
  ])
})

it('remembers nothing of a key that is idle', async () => {
  const turns = createTurns()
  const work = Array.from({ length: 100 }, (_, n) => turns.inTurn(`key ${n % 10}`, async () => pause(1)))
  expect(turns.busy).toBe(10)
  await Promise.all(work)
  await pause(0)
  expect(turns.busy).toBe(0)
})
