import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

describe('the licence', () => {
  it('given its text, then it names whose it is, where the model text leaves a gap', async () => {
    const text = await readFile('LICENSE', 'utf8')
    expect(text).not.toMatch(/[{[](yyyy|name of copyright owner)[}\]]/)
    expect(text).toMatch(/^ *Copyright \d{4} \S/m)
  })
})
