import { readdir, readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'

const sources = 'libs/platform/src/settings'

describe('the page of settings', () => {
  let code: string
  let rows: readonly string[]
  beforeAll(async () => {
    const files = await readdir(sources)
    code = (await Promise.all(files.map((file) => readFile(`${sources}/${file}`, 'utf8')))).join('\n')
    rows = (await readFile('docs/reference/settings.md', 'utf8')).split('\n').filter((line) => line.startsWith('| `'))
  })
  const rowOf = (variable: string): string => rows.find((row) => row.split('|')[1]!.includes(`\`${variable}\``)) ?? `no row for ${variable}`

  it('given the variables that the loader reads, then each has its row, and no row is of another', () => {
    const read = new Set([...code.matchAll(/'(PORT|HOST|[A-Z]+_[A-Z_]+)'/g)].map(([, name]) => name!))
    expect(read.size).toBeGreaterThan(25)
    const described = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([A-Z_]+)`/g)].map(([, name]) => name!))
    expect(described.toSorted()).toEqual([...read].toSorted())
  })

  it('given a number with limits, then its row tells default and limits', () => {
    const numbers = [...code.matchAll(/(?:integer|decimal)\('([A-Z_]+)', ([\d_]+), ([\d_]+), ([\d_]+)\)/g)]
    expect(numbers.length).toBeGreaterThan(5)
    for (const [, name, standard, least, most] of numbers.map((match) => match.map((part) => part.replaceAll(/(\d)_/g, '$1')))) {
      expect(rowOf(name!)).toContain(standard)
      expect(rowOf(name!)).toContain(`${least}–${most}`)
    }
  })

  it.each([
    ['LIVE_CALLBACK_PATH_SECRET', '128'],
    ['LIVE_CALLBACK_PATH_SECRET', '`. _ ~ = + -`'],
    ['CORS_ORIGINS', '`*`'],
    ['OIDC_ISSUER', '`https://`'],
    ['LEDGER_ORIGIN', 'without `https://`'],
    ['AUDIT_CHECKPOINT_SINK', '`https://`'],
    ['AUDIT_SIGNING_KEY_FILE', 'required with EventStoreDB'],
    ['LIVE_CALLBACK_TOKEN', '`LIVE_CALLBACK_UNSIGNED=allow`'],
  ])('given the rule on %s, then its row tells of %s', (variable, rule) => {
    expect(rowOf(variable)).toContain(rule)
  })
})
