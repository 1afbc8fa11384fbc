import { describe, expect, it } from 'vitest'
import { currentSchema, upcast } from '../src/index.js'
import { created, fact } from './given.js'

describe('reading an event of another version', () => {
  it("given one of today's shape, when read, then it is itself", () => {
    const event = fact(created('anna'), 0, { schema: currentSchema })
    expect(upcast(event)).toBe(event)
  })
  it('given one of a newer version, when read, then reading stops and says what to do', () => {
    const event = fact(created('anna'), 0, { schema: currentSchema + 1 }, { id: 'e-9' })
    expect(() => upcast(event)).toThrow(`event e-9 has schema ${currentSchema + 1}`)
    expect(() => upcast(event)).toThrow('update Room Ledger')
  })
})
