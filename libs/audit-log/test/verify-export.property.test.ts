import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { leafOf, rowLine, type ExportFilter, type ExportRow } from '../src/index.js'
import { compareSequences } from '../src/verify/compare-sequences.js'
import { eventNo, eventsOf, ledgerOf } from './support/export-fixture.js'

const ledger = ledgerOf(eventsOf(24, 4))
const filters: readonly ExportFilter[] = [{}, { roomId: 'r1' }, { types: ['OwnerChanged'] }, { account: 'account-5' }]
const texts = await Promise.all(filters.map((filter) => ledger.export(filter)))
const aText = fc.constantFrom(...texts)
const pick = fc.nat({ max: 1_000_000 })

/** One alteration of the events, and the kinds of finding that name it, one of them at such a line. */
type Change = (
  rows: string[],
  at: number,
  other: number,
) => { readonly kinds: readonly string[]; readonly lines: readonly number[] } | undefined
const lineOf = (place: number): number => place + 2
const changes: Readonly<Record<string, Change>> = {
  remove: (rows, at) => {
    rows.splice(at, 1)
    // Without any event there is no line to name it at.
    return { kinds: ['removed'], lines: rows.length === 0 ? [] : [lineOf(at)] }
  },
  copy: (rows, at, other) => {
    rows.splice(other, 0, rows[at]!)
    return { kinds: ['inserted'], lines: [lineOf(other), ...(Math.abs(at - other) < 2 ? [lineOf(other + 1), lineOf(other - 1)] : [])] }
  },
  invent: (rows, at) => {
    const model = JSON.parse(rows[0]!) as ExportRow
    const invented = leafOf(eventNo(4711, 'room-r1', 3, { data: { from: 'account-5' } }))
    rows.splice(at, 0, rowLine({ ...model, ...invented }))
    return { kinds: ['inserted', 'altered', 'proof', 'filter'], lines: [lineOf(at)] }
  },
  move: (rows, at, other) => {
    if (at === other) return undefined
    rows.splice(other, 0, ...rows.splice(at, 1))
    return { kinds: ['moved'], lines: [lineOf(other), ...(Math.abs(at - other) === 1 ? [lineOf(at)] : [])] }
  },
  rewrite: (rows, at) => {
    const row = JSON.parse(rows[at]!) as ExportRow
    const { data, metadata, ...rest } = row.content as never as ReturnType<typeof eventNo>
    const forged = leafOf({ ...rest, data: { ...data, to: 'mallory' }, metadata: { ...metadata, salt: row.salt } })
    rows[at] = rowLine({ ...row, ...forged })
    return { kinds: ['altered', 'proof', 'filter'], lines: [lineOf(at)] }
  },
  falsify: (rows, at) => {
    rows[at] = rows[at]!.replace('"source":"callback"', '"source":"command"')
    return { kinds: ['altered'], lines: [lineOf(at)] }
  },
}

describe('whatever is done to an export', () => {
  it('given one alteration, then it is named at its line', async () => {
    await fc.assert(
      fc.asyncProperty(aText, fc.constantFrom(...Object.keys(changes)), pick, pick, async (text, name, a, b) => {
        const [head, ...rows] = text.trimEnd().split('\n')
        const end = rows.pop()
        const named = changes[name]!(rows, a % rows.length, b % rows.length)
        if (!named) return
        const { ok, findings } = await ledger.verify(`${[head, ...rows, end].join('\n')}\n`)
        expect(ok).toBe(false)
        const hits = findings.filter(
          ({ kind, line }) => named.kinds.includes(kind) && (named.lines.length === 0 || named.lines.includes(line!)),
        )
        expect(hits, `${name}: ${JSON.stringify(findings)}`).not.toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('given lines in any other order, number or number of times, then it is not verified', async () => {
    await fc.assert(
      fc.asyncProperty(aText, fc.array(pick, { maxLength: 40 }), async (text, places) => {
        const lines = text.split(/(?<=\n)/)
        const other = places.map((place) => lines[place % lines.length]).join('')
        expect((await ledger.verify(other)).ok).toBe(other === text)
      }),
      { numRuns: 300 },
    )
  })

  it('given one byte that is another, then it is not verified', async () => {
    await fc.assert(
      fc.asyncProperty(aText, pick, fc.integer({ min: 1, max: 255 }), async (text, at, flip) => {
        const bytes = Buffer.from(text)
        bytes[at % bytes.length]! ^= flip
        expect((await ledger.verify(bytes)).ok).toBe(false)
      }),
      { numRuns: 1_000 },
    )
  })

  it('given any part of it from the beginning, then it is cut off', async () => {
    await fc.assert(
      fc.asyncProperty(aText, pick, async (text, at) => {
        const { findings } = await ledger.verify(text.slice(0, at % text.length))
        expect(findings.map(({ kind }) => kind)).toContain('truncated')
      }),
      { numRuns: 300 },
    )
  })
})

describe('comparing sequences', () => {
  const numbers = fc.uint32Array({ max: 12, maxLength: 14 })

  it('given two of them, then what it tells leads from one to the other', () => {
    fc.assert(
      fc.property(numbers, numbers, (expected, found) => {
        const { altered, removed, inserted, moved } = compareSequences(expected, found)
        const gone = new Set([...altered, ...moved, ...removed].map((difference) => difference.expected))
        const come = new Set([...altered, ...moved, ...inserted].map((difference) => difference.found))
        expect(gone.size).toBe(altered.length + moved.length + removed.length)
        expect(come.size).toBe(altered.length + moved.length + inserted.length)
        expect([...found].filter((_, place) => !come.has(place))).toEqual([...expected].filter((_, place) => !gone.has(place)))
        for (const pair of moved) expect(found[pair.found]).toBe(expected[pair.expected])
        expect(inserted.filter(({ found: place, copyOf = place }) => found[place] !== found[copyOf])).toEqual([])
      }),
      { numRuns: 2_000 },
    )
  })

  it('given the same, then there is nothing to tell', () => {
    const same = Uint32Array.from({ length: 100_000 }, (_, n) => n)
    expect(compareSequences(same, same)).toEqual({ altered: [], removed: [], inserted: [], moved: [] })
  })

  it('given many in any order, then it takes no time to speak of', () => {
    const some = Uint32Array.from({ length: 100_000 }, (_, n) => Math.imul(n, 2654435761))
    const { moved } = compareSequences(some, some.toSorted())
    expect(moved.length).toBeGreaterThan(90_000)
  })
})
