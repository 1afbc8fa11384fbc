import { get } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvColumns, linesOf, readTrust, verifyExport } from '#audit-log'
import { createWorld, type World } from '../support/world.js'

interface Row {
  readonly index?: number
  readonly leaf: string
  readonly content: {
    readonly id: string
    readonly stream: string
    readonly type: string
    readonly data: Readonly<Record<string, unknown>>
  }
}

describe('the export of the record', () => {
  let world: World
  let vkey: string
  const text = async (query: string): Promise<string> => {
    const answer = await fetch(`${world.url}/v1/audit/export?${query}`, { headers: { Authorization: `Bearer ${world.secret}` } })
    // A byte order mark belongs to the text here.
    const body = Buffer.from(await answer.arrayBuffer()).toString()
    expect([answer.status, body.slice(0, 300)]).toEqual([200, expect.anything()])
    return body
  }
  const linesIn = (body: string) =>
    body
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
  const rowsIn = (body: string): Row[] => linesIn(body).slice(1, -1)
  const verify = async (body: string, old?: string) => {
    const read = readTrust(vkey)
    if (!read.ok) throw new Error(read.why)
    const pieces = async function* () {
      yield Buffer.from(body)
    }
    return verifyExport(linesOf(pieces()), { trust: read.trust, old })
  }
  const command = (method: 'post' | 'put' | 'patch' | 'delete', path: string, body?: object) =>
    world.api(method, path).set('Prefer', 'wait=10').send(body)

  beforeAll(async () => {
    world = await createWorld()
    vkey = (await world.api('get', '/v1/audit/public-key?format=vkey')).text
    await command('post', '/v1/rooms', { roomId: 'export-1', seatTemplate: 'Karaoke', owner: 'anna', reason: '=HYPERLINK("http://evil")' })
    await command('put', '/v1/rooms/export-1/owner', { newOwner: 'ben', reason: '<script>alert(1)</script> \u202e' })
    await command('post', '/v1/rooms', { roomId: 'export-2', seatTemplate: 'Karaoke', owner: 'carl', roomName: 'a, "b"\r\nc' })
    await command('delete', '/v1/rooms/export-2')
  }, 60_000)
  afterAll(() => world.close())

  it('given all of it, then it holds every audited event up to this very call, and is verified', async () => {
    const old = (await world.api('get', '/v1/audit/checkpoints/latest')).text
    const body = await text('')
    const [head] = linesIn(body)
    expect(head).toMatchObject({ roomLedgerExport: 1, filtered: false, filter: {} })
    const last = rowsIn(body).findLast(({ content }) => content.stream === 'auditAccess')
    expect(last?.content.data).toMatchObject({ path: '/v1/audit/export' })
    expect(rowsIn(body).filter(({ content }) => content.stream === 'room-export-1').length).toBeGreaterThanOrEqual(6)
    expect(await verify(body, old)).toMatchObject({ ok: true, findings: [] })
  })

  it('given filters, then rows come with proofs, and are verified', async () => {
    const room = await text('roomId=export-1')
    expect(new Set(rowsIn(room).map(({ content }) => content.stream))).toEqual(new Set(['room-export-1']))
    expect(await verify(room)).toMatchObject({ ok: true, filtered: true })
    const account = await text('roomId=export-1&account=ben&types=OwnerChanged')
    expect(rowsIn(account).map(({ content }) => [content.type, content.data['to']])).toEqual([['OwnerChanged', 'ben']])
    expect(await verify(account)).toMatchObject({ ok: true, events: 1 })
    const none = await text('from=2090-01-01T00:00:00Z')
    expect(await verify(none)).toMatchObject({ ok: true, events: 0 })
    const since = await text(`roomId=export-1&from=${encodeURIComponent(world.startedAt.replace('Z', '+00:00'))}`)
    expect(rowsIn(since)).toHaveLength(rowsIn(room).length)
  })

  it('given where it was cut off, then the rest is given, and both together are the whole', async () => {
    for (const query of ['', 'roomId=export-1']) {
      const whole = await text(query)
      const { size } = linesIn(whole)[0]
      const had = whole.split(/(?<=\n)/).slice(0, 3)
      const after = JSON.parse(had.at(-1)!).content.id
      expect(had.join('') + (await text(`${query}&size=${size}&after=${after}`))).toBe(whole)
    }
  })

  it('given csv, then each event is a line, and no cell is run by a spreadsheet', async () => {
    const { size } = linesIn(await text(''))[0]
    const csv = await text(`format=csv&roomId=export-1&size=${size}`)
    const [head, ...rows] = csv.split('\r\n')
    expect(head).toBe(csvColumns.join(','))
    expect(rows.at(-1)).toBe('')
    expect(csv).toContain(`"'=HYPERLINK(""http://evil"")"`)
    expect(csv).not.toMatch(/(^|,)"?=/m)
    expect(await text(`format=csv&bom=true&roomId=export-1&size=${size}`)).toBe(`\ufeff${csv}`)
    const { headers } = await world.api('get', `/v1/audit/export?format=csv&roomId=export-1`)
    expect([headers['content-type'], headers['content-disposition']]).toEqual([
      'text/csv; charset=utf-8; header=present',
      expect.stringMatching(/^attachment; filename="room-ledger-\d+\.csv"$/),
    ])
  })

  it.each([
    ['an unknown room', 'roomId=export-none', 404, undefined],
    ['an unknown format', 'format=pdf', 400, 'format'],
    ['an unknown type', 'types=OwnerChange', 400, 'types'],
    ['a time that is none', 'from=yesterday', 400, 'from'],
    ['an end before its beginning', 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 400, 'to'],
    ['a size of no checkpoint', 'size=999999999', 400, 'size'],
    ['a place without a size', 'after=x', 400, 'after'],
    ['a mark for ndjson', 'bom=true', 400, 'bom'],
    ['an unknown field', 'room=x', 400, 'room'],
    ['a room id that cannot be one', `roomId=${'%F0%9F%92%A5'.repeat(13)}`, 400, 'roomId'],
  ])('given %s, then it is refused before anything is sent', async (_, query, status, field) => {
    const answer = await world.api('get', `/v1/audit/export?${query}`)
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json'])
    expect(Object.keys(answer.body.errors ?? {})).toEqual(field === undefined ? [] : [field])
  })

  it('given a place that is not in this export, then it is refused', async () => {
    const other = await text('roomId=export-2')
    const { size } = linesIn(other)[0]
    for (const after of ['x', rowsIn(other)[0]!.content.id]) {
      const answer = await world.api('get', `/v1/audit/export?roomId=export-1&size=${size}&after=${after}`)
      expect([answer.status, answer.body.errors]).toEqual([400, { after: [expect.any(String)] }])
    }
  })

  it('given a reader who goes, then the service goes on', async () => {
    await new Promise<void>((resolve) => {
      get(`${world.url}/v1/audit/export`, { headers: { Authorization: `Bearer ${world.secret}` } }, (response) => {
        response.once('data', () => void response.destroy())
        response.once('close', resolve)
      })
    })
    expect((await world.api('head' as 'get', '/v1/audit/export')).status).toBe(200)
    expect(await verify(await text('roomId=export-2'))).toMatchObject({ ok: true })
  })

  it('given a report, then it shows the trail, escapes all, and may do nothing', async () => {
    const { status, headers, text: page } = await world.api('get', '/v1/audit/report?roomId=export-1')
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-[^']+'; base-uri/)
    expect(page).toContain('The chain of owners is continuous')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt; \\u{202e}')
    expect(page).not.toContain('<script')
    for (const shown of ['anna', 'ben', '=HYPERLINK(&quot;http://evil&quot;)', 'operation ', 'place ']) expect(page).toContain(shown)
    expect((await world.api('get', '/v1/audit/report?roomId=export-none')).status).toBe(404)
    expect((await world.api('get', '/v1/audit/report')).status).toBe(400)
  })
})
