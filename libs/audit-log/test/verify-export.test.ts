import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { endLine, headLine, hashLeaf, leafOf, readTrust, rotationStatement, rowLine, signNote, vkeyOf } from '../src/index.js'
import { eventNo, eventsOf, ledgerOf, newKey, origin, signerOf, trusting, vkeyOfSigner } from './support/export-fixture.js'

const ledger = ledgerOf(eventsOf(30))
const whole = await ledger.export()
const room = await ledger.export({ roomId: 'r1' })
const idOf = (n: number): string => eventsOf(30)[n]!.id

type Lines = string[]
/** Lines, counted from 1 as the findings do. */
const alter = (text: string, change: (lines: Lines) => void): string => {
  const lines = ['', ...text.trimEnd().split('\n')]
  change(lines)
  return `${lines.slice(1).join('\n')}\n`
}
const alterEnd = (text: string, change: (end: { checkpoint: string; events: number; leaves: string; seal?: string }) => object): string =>
  alter(text, (lines) => void (lines[lines.length - 1] = JSON.stringify(change(JSON.parse(lines.at(-1)!)))))

/** A row of an invented event, its commitment and leaf as they must be. */
const invented = (n: number, revision = 0): string => rowLine(leafOf(eventNo(1000 + n, 'room-r1', revision)))

const found = async (text: string | Buffer, options = {}) => {
  const { ok, findings } = await ledger.verify(text, options)
  expect(ok).toBe(findings.length === 0)
  return findings.map(({ kind, line, eventId }) => [kind, line, ...(eventId ? [eventId] : [])])
}

describe('verifying an export', () => {
  it('given what the ledger wrote, then there is nothing to find', async () => {
    expect(await ledger.verify(whole)).toMatchObject({ ok: true, count: 0, events: 30, filtered: false, checkpoint: { size: 30, origin } })
    expect(await ledger.verify(room)).toMatchObject({ ok: true, count: 0, events: 10, filtered: true })
    const empty = ledgerOf([])
    expect(await empty.verify(await empty.export())).toMatchObject({ ok: true, events: 0 })
    expect(await ledger.verify(await ledger.export({ account: 'nobody' }))).toMatchObject({ ok: true, events: 0 })
  })

  it('given an altered content, then its line is named with the event', async () => {
    const text = alter(whole, (lines) => void (lines[7] = lines[7]!.replace('account-6', 'account-7')))
    expect(await found(text)).toEqual([['altered', 7, idOf(5)]])
  })

  it('given an altered content whose commitment and leaf were made anew, then its line is named', async () => {
    const event = eventNo(5, 'room-r2', 1, { data: { to: 'mallory' } })
    expect(await found(alter(whole, (lines) => void (lines[7] = rowLine(leafOf(event)))))).toEqual([
      ['altered', 7, idOf(5)],
      ['root', undefined],
    ])
  })

  it('given a list of leaves that was made to fit an alteration, then the root still tells', async () => {
    const event = eventNo(5, 'room-r2', 1, { data: { to: 'mallory' } })
    const text = alterEnd(
      alter(whole, (lines) => void (lines[7] = rowLine(leafOf(event)))),
      (end) => {
        const list = Buffer.from(end.leaves, 'base64')
        hashLeaf(leafOf(event).leaf).copy(list, 5 * 4, 0, 4)
        return { ...end, leaves: list.toString('base64') }
      },
    )
    expect(await found(text)).toEqual([
      ['altered', 32],
      ['root', undefined],
    ])
  })

  it('given a line that was removed, then its place is named and what is missing', async () => {
    const findings = (await ledger.verify(alter(whole, (lines) => void lines.splice(9, 1)))).findings
    expect(findings).toMatchObject([
      { kind: 'removed', line: 9, message: 'Before line 9 an event was removed: event 8 of the export.' },
      { kind: 'revision', line: 11, message: expect.stringContaining('revision 3 of room-r1, but revision 2 is missing') },
      { kind: 'contradiction' },
      { kind: 'contradiction' },
      { kind: 'root' },
    ])
  })

  it('given a copy or an invented event, then the line that was inserted is named', async () => {
    expect(await found(alter(whole, (lines) => void lines.splice(9, 0, lines[20]!)))).toContainEqual(['inserted', 9, idOf(18)])
    expect(await found(alter(whole, (lines) => void lines.splice(9, 0, lines[8]!)))).toContainEqual([
      'inserted',
      expect.any(Number),
      idOf(6),
    ])
    expect(await found(alter(whole, (lines) => void lines.splice(9, 0, invented(0))))).toContainEqual([
      'inserted',
      9,
      eventNo(1000, '', 0).id,
    ])
  })

  it('given a line that was moved, then it is named, and no other', async () => {
    const text = alter(whole, (lines) => void lines.splice(25, 0, ...lines.splice(5, 1)))
    expect(await found(text)).toEqual([
      ['moved', 25, idOf(3)],
      ['root', undefined],
    ])
  })

  it('given no list of leaves and no seal, then root and revisions tell what they can', async () => {
    const bare = alter(await ledger.export({}, { sealed: false }), (lines) => {
      const { checkpoint, events } = JSON.parse(lines.at(-1)!)
      lines[lines.length - 1] = JSON.stringify({ checkpoint, events })
      lines[1] = '{"roomLedgerExport":1,"filtered":false,"filter":{}}'
    })
    expect(await found(bare)).toEqual([])
    expect(await found(alter(bare, (lines) => void lines.splice(9, 1)))).toContainEqual(['revision', 11, idOf(10)])
    expect(await found(alter(bare, (lines) => void lines.splice(9, 1)))).toContainEqual(['root', undefined])
  })

  it.each([...Array(12).keys()])('given that the file was cut off somewhere (%i), then it says so', async (n) => {
    const at = n === 0 ? 1 : n === 1 ? whole.length - 1 : Math.floor((whole.length * n) / 12)
    expect((await found(whole.slice(0, at))).map(([kind]) => kind)).toContain('truncated')
  })

  it('given no file at all, or another one, then it says so', async () => {
    expect(await found('')).toEqual([['truncated', undefined]])
    expect(await found('hello\n')).toContainEqual(['altered', 1])
    expect(await found(alter(whole, (lines) => void lines.splice(1, 1)))).toContainEqual(['removed', 1])
    const next = alter(whole, (lines) => void (lines[1] = lines[1]!.replace('Export":1', 'Export":2')))
    expect(await found(next)).toContainEqual(['not-an-export', 1])
  })

  it('given lines behind the last one, then the first of them is named', async () => {
    expect(await found(`${whole}${invented(1)}\n\n`)).toEqual([['trailing', 33]])
    expect(await found(`${whole}x`)).toEqual([['trailing', 33]])
  })

  it('given a checkpoint of another key, another ledger, or an altered one, then each has its own sentence', async () => {
    const other = ledgerOf(eventsOf(30), signerOf(newKey()))
    const elsewhere = ledgerOf(eventsOf(30), signerOf(newKey(), 'other.example/1'))
    const message = async (text: string, options = {}) => (await ledger.verify(text, options)).findings[0]!
    expect(await message(await other.export())).toMatchObject({
      kind: 'key',
      message: expect.stringContaining('is not signed by the key given'),
    })
    expect(await message(await elsewhere.export())).toMatchObject({
      kind: 'origin',
      message: `The checkpoint in line 32 is of the ledger other.example/1; the key given is that of ${origin}.`,
    })
    const altered = alterEnd(whole, (end) => ({ ...end, checkpoint: end.checkpoint.replace('\n30\n', '\n31\n') }))
    expect(await found(altered)).toContainEqual(['key', 32])
    const resigned = alterEnd(whole, (end) => ({
      ...end,
      checkpoint: signNote(end.checkpoint.slice(0, end.checkpoint.lastIndexOf('\n\n') + 1), other.signer),
    }))
    expect(await found(resigned)).toEqual([['key', 32]])
  })

  it('given a public key without a name, then the ledger is taken at its word', async () => {
    const pem = createPublicKey(ledger.signer.privateKey).export({ type: 'spki', format: 'pem' }) as string
    const trustIn = (name?: string) => {
      const read = readTrust(pem, [], name)
      if (!read.ok) throw new Error(read.why)
      return read.trust
    }
    expect(await found(whole, { trust: trustIn() })).toEqual([])
    expect(await found(whole, { trust: trustIn('other.example/1') })).toContainEqual(['origin', 32])
    expect(readTrust('nonsense').ok).toBe(false)
    expect(readTrust('-----BEGIN nonsense').ok).toBe(false)
  })

  it('given an old key and the statements of rotation, then what the newest one signed is verified', async () => {
    const keys = [signerOf(newKey()), signerOf(newKey()), ledger.signer]
    const at = '2026-01-01T00:00:00.000Z'
    const statements = [1, 0].map((n) =>
      rotationStatement({ origin, from: vkeyOfSigner(keys[n]!), to: vkeyOfSigner(keys[n + 1]!), at }, keys[n]!),
    )
    expect(await found(whole, { trust: trusting(keys[0]!, statements) })).toEqual([])
    expect(await found(whole, { trust: trusting(keys[0]!, statements.slice(1)) })).toContainEqual(['key', 32])
    const forged = statements.map((note) =>
      note.replace(vkeyOf(origin, createPublicKey(keys[1]!.privateKey)), vkeyOfSigner(signerOf(newKey()))),
    )
    expect(await found(whole, { trust: trusting(keys[0]!, forged) })).toContainEqual(['key', 32])
  })

  it('given an older checkpoint, then the export must be its continuation', async () => {
    for (const size of [0, 1, 16, 17, 30]) expect(await found(whole, { old: ledger.checkpoint(size) })).toEqual([])
    const other = ledgerOf(eventsOf(40).with(3, eventNo(77, 'room-r0', 1)), ledger.signer)
    expect(await found(whole, { old: other.checkpoint(3) })).toEqual([])
    for (const size of [4, 29, 30]) expect(await found(whole, { old: other.checkpoint(size) })).toEqual([['inconsistent', undefined]])
    expect(await found(whole, { old: other.checkpoint(31) })).toEqual([['inconsistent', undefined]])
    expect(await found(whole, { old: 'nonsense' })).toEqual([['key', undefined]])
    expect(await found(whole, { old: ledgerOf(eventsOf(30)).checkpoint(4) })).toEqual([['key', undefined]])
  })

  it('given a filtered export, then its words say what it does not prove', async () => {
    const { notes } = await ledger.verify(room, { old: ledger.checkpoint(4) })
    expect(notes.join('\n')).toMatch(/not that no other event fits[^]*from 0 to 9 without a hole[^]*sealed[^]*cannot show/)
    expect((await ledger.verify(await ledger.export({ roomId: 'r1', types: ['OwnerChanged'] }))).notes.join('\n')).not.toContain('hole')
    expect(await found(room, { old: ledgerOf(eventsOf(40), ledger.signer).checkpoint(31) })).toEqual([['inconsistent', undefined]])
  })

  it('given a filtered export that was altered, then the line is named', async () => {
    const field = alter(room, (lines) => void (lines[5] = lines[5]!.replace('account-10', 'account-11')))
    expect(await found(field)).toEqual([['altered', 5, idOf(10)]])
    const place = alter(room, (lines) => void (lines[5] = lines[5]!.replace('"index":10', '"index":9')))
    expect(await found(place)).toEqual([['proof', 5, idOf(10)]])
    const proof = alter(room, (lines) => void (lines[5] = lines[5]!.replace(/"proof":\["./, (start) => `${start.slice(0, -1)}+`)))
    expect(await found(proof)).toEqual([['proof', 5, idOf(10)]])
    const removed = alter(room, (lines) => void lines.splice(5, 1))
    expect(await found(removed)).toContainEqual(['removed', 5])
    expect(await found(removed)).toContainEqual(['revision', 5, idOf(13)])
    expect(await found(alter(room, (lines) => void lines.splice(5, 0, ...lines.splice(8, 1))))).toEqual([['moved', 5, idOf(19)]])
    expect(await found(alter(room, (lines) => void lines.splice(5, 0, invented(0))))).toContainEqual([
      'altered',
      5,
      eventNo(1000, '', 0).id,
    ])
  })

  it('given another filter in the first line, or rows of another one, then it is found', async () => {
    const filter = (name: string) => alter(room, (lines) => void (lines[1] = lines[1]!.replace('"roomId":"r1"', name)))
    expect(await found(filter('"roomId":"r2"'))).toContainEqual(['filter', 2, idOf(1)])
    expect(await found(filter('"account":"x"'))).toContainEqual(['filter', 2, idOf(1)])
    // Each of its rows fits: the seal alone tells.
    expect(await found(filter('"types":["OwnerChanged"]'))).toEqual([['altered', undefined]])
    const none = await ledger.export({ account: 'nobody' })
    expect(await found(none.replace('nobody', 'anybody'))).toEqual([['altered', undefined]])
    const unsealed = alterEnd(room, ({ checkpoint, events, leaves }) => ({ checkpoint, events, leaves }))
    expect(await found(unsealed)).toEqual([['contradiction', 12]])
    const bare = await ledger.export({ roomId: 'r1' }, { sealed: false })
    expect((await ledger.verify(bare)).notes.join('\n')).toContain('not sealed')
  })

  it.each([
    ['size', 1, '"size":30', '"size":29'],
    ['origin', 1, '"origin":"ledger', '"origin":"Ledger'],
    ['filtered', 1, '"filtered":false', '"filtered":true'],
    ['events', 32, '"events":30', '"events":31'],
    ['an unknown field', 1, '{"', '{"more":1,"'],
    ['a blank', 32, ',"events"', ', "events"'],
    ['an unknown field', 32, ',"events"', ',"more":1,"events"'],
  ])('given an altered first or last line (%s), then line %i is named', async (_, line, from, to) => {
    expect(await found(alter(whole, (lines) => void (lines[line] = lines[line]!.replace(from, to))))).toContainEqual([
      expect.stringMatching(/altered|contradiction/),
      line,
    ])
  })

  it('given a character of which base64 does not use all bits, then its alteration is found', async () => {
    const salt = alter(
      whole,
      (lines) => void (lines[4] = lines[4]!.replace(/"salt":"([^"]{42})(.)=/, (_, rest, last) => `"salt":"${rest}${next(last)}=`)),
    )
    expect(await found(salt)).toEqual([['altered', 4, idOf(2)]])
    const end = alterEnd(whole, ({ checkpoint, ...rest }) => ({
      checkpoint: checkpoint.replace(/(.)=\n$/, (_: string, last: string) => `${next(last)}=\n`),
      ...rest,
    }))
    expect(await found(end)).toContainEqual(['key', 32])
  })

  it('given a byte that is no UTF-8, then its line is named', async () => {
    const odd = ledgerOf([eventNo(0, 'room-\ufffd', 0)])
    const bytes = Buffer.from(await odd.export())
    bytes[bytes.indexOf(Buffer.from('\ufffd'))] = 0xff
    expect((await odd.verify(bytes)).findings[0]).toMatchObject({ kind: 'altered', line: 2 })
  })

  it('given lines that hold something else altogether, then each is named, and nothing is thrown', async () => {
    for (const junk of [
      '',
      'null',
      '[]',
      '{}',
      '{"leaf":1}',
      '{"leaf":"x","salt":"","content":null}',
      '\ufeff{}',
      headLine(JSON.parse(whole.split('\n')[0]!)),
    ])
      expect(await found(alter(whole, (lines) => void (lines[6] = junk)))).toContainEqual(['altered', 6])
    for (const junk of ['{"checkpoint":"x","events":1}', endLine({ checkpoint: '\n\n', events: 30 })])
      expect((await ledger.verify(alter(whole, (lines) => void (lines[32] = junk)))).ok).toBe(false)
  })
})

const next = (digit: string): string => {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  return digits[digits.indexOf(digit) ^ 1]!
}
