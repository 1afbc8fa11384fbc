import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { canonicalJson, commitmentOf, hashLeaf, openCheckpoint, readRotation, readVerifier, type Verifier } from '../src/index.js'

// Others write their verifiers from this page: its examples must be what the ledger writes.
describe('the page on the format of the audit log', () => {
  let page = ''
  let verifier: Verifier
  const examples = (kind: string): string[] =>
    [...page.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\`$`, 'gm'))].map(([, text]) => text!)

  beforeAll(async () => {
    page = await readFile('docs/reference/audit-format.md', 'utf8')
    const read = readVerifier(examples('vkey')[0]!)
    if (!read.ok) throw new Error(read.why)
    verifier = read.verifier
  })

  it('given its content and salt, then its leaf and leaf hash', () => {
    const [content, leaf] = [examples('content')[0]!.trim(), examples('leaf')[0]!.trim()]
    const salt = /salt `([^`]+)`/.exec(page)![1]!
    expect(canonicalJson(JSON.parse(content))).toBe(content)
    expect(JSON.parse(leaf)).toEqual({ v: 1, recordedAt: '2026-03-26T17:29:16.123Z', commitment: commitmentOf(salt, JSON.parse(content)) })
    expect(canonicalJson(JSON.parse(leaf))).toBe(leaf)
    expect(page).toContain(`\`${createHash('sha256').update(Buffer.of(0)).update(leaf).digest('hex')}\``)
  })

  it('given its checkpoint and key, then the checkpoint of a log with that leaf alone', () => {
    const leaf = examples('leaf')[0]!.trim()
    expect(openCheckpoint(examples('note')[0]!, [verifier])).toMatchObject({
      ok: true,
      checkpoint: { origin: verifier.name, size: 1, root: hashLeaf(leaf) },
    })
  })

  it('given its statement of rotation, then it leads to the new key', () => {
    expect(readRotation(examples('note')[1]!, verifier)).toMatchObject({
      ok: true,
      rotation: { origin: verifier.name, from: verifier.vkey },
    })
  })
})
