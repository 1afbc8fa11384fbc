import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvColumns, defuse, writeCsv } from '../src/index.js'
import { eventNo, ledgerOf, origin } from './support/export-fixture.js'

/** RFC 4180, read character by character. */
const parseCsv = (text: string): string[][] => {
  const rows: string[][] = []
  let [row, cell, quoted]: [string[], string, boolean] = [[], '', false]
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!
    if (quoted) {
      if (sign !== '"') cell += sign
      else if (text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (sign === '"') quoted = true
    else if (sign === ',') {
      row.push(cell)
      cell = ''
    } else if (sign === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell])
      ;[row, cell] = [[], '']
      at += 1
    } else cell += sign
  }
  expect(quoted).toBe(false)
  return rows
}

const csvOf = async (data: object, bom = false): Promise<string> => {
  const ledger = ledgerOf([eventNo(0, 'room-r', 0, { data: data as never })])
  const request = { filter: {}, checkpoint: { size: 1, origin, note: ledger.checkpoint() } }
  return (await Array.fromAsync(writeCsv(ledger, request, { bom }))).join('')
}

describe('csv', () => {
  it('given any text, then it is read back as it was, but for the apostrophe before what would be run', async () => {
    const text = fc.string({
      unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ' ', '"', "'", ',', ';', 'a', '1', '\u200b', '＝', '💥'),
    })
    await fc.assert(
      fc.asyncProperty(text, async (reason) => {
        const [head, row, ...more] = parseCsv(await csvOf({ reason }))
        expect([head, more]).toEqual([csvColumns, []])
        const cell = row![csvColumns.indexOf('reason')]!
        expect(cell).toBe(defuse(reason))
        // Unambiguous: a program can take the apostrophe away again.
        const original = cell.startsWith("'") && defuse(cell.slice(1)) === cell ? cell.slice(1) : cell
        expect(original).toBe(reason)
        expect(cell.trimStart().replace(/^[\s"\p{Cf}]+/u, '')).not.toMatch(/^[=+\-@]/)
      }),
    )
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\rx', '  =1', '" =1', "' =1", '\u200b=1', '|cmd', '\n1'])('defuses %j', (cell) => {
    expect(defuse(cell)).toBe(`'${cell}`)
  })

  it.each(['', 'a=1', 'anna', '1', "o'neil", '{"a":"=1"}', '2026-01-01T00:00:00.000Z', 'a-b@c'])('leaves %j as it is', (cell) => {
    expect(defuse(cell)).toBe(cell)
  })

  it('begins with a mark where one is asked for', async () => {
    expect(await csvOf({}, true)).toBe(`\ufeff${await csvOf({})}`)
  })
})
