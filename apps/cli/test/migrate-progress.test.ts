import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createProgress } from '../src/migrate/progress.js'

/** Standard error, with or without a terminal behind it. */
const output = (isTTY: boolean) => {
  let text = ''
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      text += chunk.toString()
      done()
    },
  })
  const terminal = { isTTY, columns: 120, cursorTo: () => true, clearLine: () => true, moveCursor: () => true }
  return { stream: Object.assign(stream, terminal) as unknown as NodeJS.WriteStream, text: () => text }
}

describe('progress', () => {
  it('given a terminal, then it shows a bar that ends full', () => {
    const { stream, text } = output(true)
    const step = createProgress(stream)('Copying', 2_000)
    for (let n = 0; n < 2_000; n += 500) step.advance(500)
    step.end()
    expect(text()).toMatch(/Copying\s+\[.*\] 0% \| 0 of 2000 events/)
    expect(text()).toMatch(/Copying\s+\[[^-\]]+\] 100% \| 2000 of 2000 events/)
  })

  it('given a terminal and no known total, then it counts', () => {
    const { stream, text } = output(true)
    const step = createProgress(stream)('Counting')
    step.advance(3)
    step.end()
    expect(text()).toMatch(/Counting\s+3 events/)
    expect(text()).not.toMatch(/NaN|%/)
  })

  it('given no terminal, then each step ends in one plain line', () => {
    const { stream, text } = output(false)
    const begin = createProgress(stream)
    const counting = begin('Counting')
    counting.advance()
    counting.end()
    const copying = begin('Copying', 3)
    copying.advance(2)
    copying.end()
    expect(text()).toMatch(/^Counting: 1 events, \d+\/s\nCopying: 2 of 3 events, \d+\/s\n$/)
  })
})
