import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildProgram, runProgram, serve, settingsFor, urlOf, writeKey, type Program } from '../../../test/support/program.js'
import { createSandbox, type Sandbox } from '../../../test/support/sandbox.js'

const secretKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'

describe('export and verify', () => {
  let build: string
  let folder: string
  let sandbox: Sandbox
  let service: Program
  let url: string
  let secret: string
  let relay: Server
  /** Bytes after which the relay cuts an answer; each cut uses one up. */
  const cuts: number[] = []
  const at = (name: string): string => join(folder, name)
  const lineCount = (name: string): number => readFileSync(at(name), 'utf8').trimEnd().split('\n').length
  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const program = runProgram(build, args, env, folder)
    const { code } = await program.ended
    return { code, stdout: program.stdout(), stderr: program.stderr() }
  }
  const api = async (path: string, method = 'GET', body?: object): Promise<string> => {
    const headers = { Authorization: `Bearer ${secret}`, Prefer: 'wait=10', ...(body && { 'Content-Type': 'application/json' }) }
    const answer = await fetch(`${url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
    expect(answer.ok).toBe(true)
    return answer.text()
  }
  const exported = (out: string, ...more: string[]) =>
    run(['export', '--url', `http://127.0.0.1:${(relay.address() as AddressInfo).port}`, '--key-file', 'secret', '--out', at(out), ...more])

  beforeAll(async () => {
    build = await buildProgram()
    folder = mkdtempSync(join(tmpdir(), 'room-ledger-export-'))
    sandbox = createSandbox({ sdkAppId: 1400000000, secretKey, adminAccounts: ['administrator'], createIntervalMs: 0 })
    await sandbox.listen(0)
    ;({ secret } = await writeKey(folder))
    writeFileSync(at('secret'), `${secret}\n`)
    const application = { sdkAppId: 1400000000, adminAccount: 'administrator', secretKey, token: 'a-token' }
    service = serve(build, folder, { ...settingsFor(folder, application, sandbox.url), EVENT_STORE_URL: `sqlite:${at('ledger.db')}` })
    url = await urlOf(service)
    sandbox.setCallback(`${url}/callbacks/live`, 'a-token')
    for (const roomId of ['one', 'two', 'three'])
      await api('/v1/rooms', 'POST', { roomId, seatTemplate: 'Karaoke', owner: 'anna', reason: `for ${roomId}` })
    writeFileSync(at('old.txt'), await api('/v1/audit/checkpoints/latest'))
    writeFileSync(at('key.vkey'), await api('/v1/audit/public-key?format=vkey'))
    writeFileSync(at('key.pem'), await api('/v1/audit/public-key'))
    await api('/v1/rooms/one/owner', 'PUT', { newOwner: 'ben' })
    relay = createServer((asked, answer) => {
      request(`${url}${asked.url}`, { headers: asked.headers }, (given) => {
        const most = given.statusCode === 200 ? (cuts.shift() ?? Infinity) : Infinity
        answer.writeHead(given.statusCode!, given.headers)
        let sent = 0
        given.on('data', (piece: Buffer) => {
          if (sent + piece.length <= most) answer.write(piece)
          else answer.write(piece.subarray(0, most - sent), () => answer.destroy())
          sent += piece.length
        })
        given.on('end', () => void (sent <= most && answer.end()))
      }).end()
    }).listen(0, '127.0.0.1')
    await once(relay, 'listening')
  }, 120_000)
  afterAll(async () => {
    relay.close()
    service.kill('SIGTERM')
    await service.ended
    await sandbox.close()
    rmSync(folder, { recursive: true, force: true })
    rmSync(build, { recursive: true, force: true })
  })

  it('given a whole export, then it is verified by key file, key text or PEM, and against an older checkpoint', async () => {
    expect(await exported('all.ndjson')).toMatchObject({ code: 0, stdout: expect.stringMatching(/all\.ndjson: \d+ events\. Verify it/) })
    expect(existsSync(at('all.ndjson.part'))).toBe(false)
    const vkey = readFileSync(at('key.vkey'), 'utf8').trim()
    const verified = { code: 0, stdout: expect.stringMatching(/^Verified: \d+ events, all of the ledger room-ledger\.local\/tests/) }
    expect(await run(['verify', at('all.ndjson'), '--key', at('key.vkey')])).toMatchObject(verified)
    expect(await run(['verify', at('all.ndjson'), '--key', vkey, '--rotations', at('public-keys.json')])).toMatchObject({ code: 2 })
    writeFileSync(at('public-keys.json'), await api('/v1/audit/public-keys'))
    expect(await run(['verify', at('all.ndjson'), '--key', vkey, '--rotations', at('public-keys.json')])).toMatchObject(verified)
    const continued = await run(['verify', at('all.ndjson'), '--key', at('key.pem'), '--checkpoint', at('old.txt')])
    expect(continued).toMatchObject(verified)
    expect(continued.stdout).toMatch(/continues the older checkpoint of \d+ events/)
    expect(continued.stderr).toMatch(/Verifying: \d+ of \d+ kB/)
    const pem = ['verify', at('all.ndjson'), '--key', at('key.pem'), '--origin']
    expect(await run([...pem, 'other.example'])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('of the ledger room-ledger.local'),
    })
  })

  it('given an altered file, then exit code 1 and the line', async () => {
    const lines = readFileSync(at('all.ndjson'), 'utf8').split('\n')
    writeFileSync(at('altered.ndjson'), lines.with(3, lines[3]!.replace('anna', 'mall')).join('\n'))
    const { code, stdout } = await run(['verify', at('altered.ndjson'), '--key', at('key.vkey')])
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(/^NOT VERIFIED: 1 thing[^]*\n- Line 4 \(event [\da-f-]{36}\) was altered: its content/),
    ])
    writeFileSync(at('cut.ndjson'), `${lines.slice(0, 4).join('\n')}\n`)
    expect(await run(['verify', at('cut.ndjson'), '--key', at('key.vkey')])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('cut off'),
    })
  })

  it('given an answer that breaks off, then the rest is fetched and the file is as if it had not', async () => {
    cuts.push(2_000, 5_000)
    expect(await exported('cut-twice.ndjson', '--room', 'one')).toMatchObject({ code: 0 })
    expect(cuts).toEqual([])
    expect(await run(['verify', at('cut-twice.ndjson'), '--key', at('key.vkey')])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/without a hole[^]*sealed/),
    })
  })

  it('given what an earlier run left, then it goes on there, cutting away half a line', async () => {
    const whole = readFileSync(at('cut-twice.ndjson'), 'utf8')
    writeFileSync(at('left.ndjson.part'), whole.slice(0, whole.length / 2))
    expect(await exported('left.ndjson', '--room', 'one')).toMatchObject({ code: 0 })
    expect(readFileSync(at('left.ndjson'), 'utf8')).toBe(whole)
    writeFileSync(at('left-2.ndjson.part'), whole)
    expect(await exported('left-2.ndjson', '--room', 'one')).toMatchObject({ code: 0 })
    writeFileSync(at('other.ndjson.part'), whole.slice(0, whole.length / 2))
    expect(await exported('other.ndjson', '--room', 'two')).toMatchObject({ code: 2, stderr: expect.stringContaining('remove it') })
    expect(existsSync(at('other.ndjson'))).toBe(false)
  })

  it('given csv, then the file is whole too', async () => {
    expect(await exported('all.csv', '--format', 'csv', '--bom', '--types', 'OwnerChanged,RoomCreated')).toMatchObject({ code: 0 })
    expect(lineCount('all.csv')).toBe(5)
  })

  it('given a service that is away, then nothing is left that looks whole', async () => {
    const { code, stderr } = await run(['export', '--url', 'http://127.0.0.1:9', '--key-env', 'KEY', '--out', at('none.ndjson')], {
      KEY: secret,
    })
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not answer')])
    expect(existsSync(at('none.ndjson'))).toBe(false)
  }, 20_000)

  it.each([
    ['no key', ['verify', 'all.ndjson']],
    ['no file', ['verify', '--key', 'key.vkey']],
    ['a key that is not there', ['verify', 'all.ndjson', '--key', 'none']],
    ['a key that is none', ['verify', 'all.ndjson', '--key', 'old.txt']],
    ['a private key', ['verify', 'all.ndjson', '--key', 'audit-key.pem']],
    ['a file that is not there', ['verify', 'none', '--key', 'key.vkey']],
    ['a folder', ['verify', '.', '--key', 'key.vkey']],
    ['a checkpoint that is not there', ['verify', 'all.ndjson', '--key', 'key.vkey', '--checkpoint', 'none']],
    ['an unknown option', ['verify', 'all.ndjson', '--key', 'key.vkey', '--fast']],
    ['no service', ['export', '--out', 'x', '--key-file', 'secret']],
    ['no address', ['export', '--out', 'x', '--key-file', 'secret', '--url', 'here']],
    ['no API key', ['export', '--out', 'x', '--url', 'http://127.0.0.1:9']],
    ['a file that is there already', ['export', '--out', 'all.ndjson', '--url', 'http://127.0.0.1:9', '--key-file', 'secret']],
    ['a format that is none', ['export', '--out', 'x', '--url', 'http://127.0.0.1:9', '--key-file', 'secret', '--format', 'pdf']],
  ])('given %s, then exit code 2 and a line that says so', async (_, args) => {
    const { code, stdout, stderr } = await run(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.trim()).toMatch(/^.+$/)
  })

  it('given an unknown room or a wrong key, then nothing is begun', async () => {
    expect(await exported('x.ndjson', '--room', 'nobody-knows')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not know'),
    })
    writeFileSync(at('secret-2'), 'wrong')
    const wrong = await run(['export', '--url', url, '--key-file', 'secret-2', '--out', 'x.ndjson'])
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('does not take the key') })
    expect(existsSync(at('x.ndjson.part'))).toBe(false)
  })
})
