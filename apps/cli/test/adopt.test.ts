import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { startDouble } from '../../../test/double/index.js'
import { keyForTests } from '../../../test/support/audit-key.js'
import { createSandbox, type Sandbox } from '../../../test/support/sandbox.js'
import { buildProgram, callWith, runProgram, serve, settingsFor, writeKey, type Program } from '../../../test/support/program.js'

const secretKey = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff'
let build: string
let folder: string
let sandbox: Sandbox
let env: Record<string, string>
beforeAll(async () => void (build = await buildProgram()), 120_000)
afterAll(() => rmSync(build, { recursive: true, force: true }))
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'room-ledger-adopt-'))
  sandbox = createSandbox({ sdkAppId: 1400000000, secretKey, adminAccounts: ['administrator'], createIntervalMs: 0 })
  await sandbox.listen(0)
  await writeKey(folder)
  env = {
    ...settingsFor(folder, { sdkAppId: 1400000000, adminAccount: 'administrator', secretKey, token: '' }, sandbox.url),
    EVENT_STORE_URL: `sqlite:${join(folder, 'ledger.db')}`,
    LIVE_CALLBACK_UNSIGNED: 'allow',
  }
})
afterEach(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

const act = async (deed: object): Promise<void> => {
  const answer = await fetch(`${sandbox.url}/_sandbox/act`, { method: 'POST', body: JSON.stringify({ account: 'anna', ...deed }) })
  expect(answer.ok).toBe(true)
}
const faults = (settings: object) => fetch(`${sandbox.url}/_sandbox/faults`, { method: 'PUT', body: JSON.stringify(settings) })
const roomsAtVendor = async (...roomIds: string[]): Promise<void> => {
  for (const roomId of roomIds) await act({ deed: 'create', roomId })
}
const list = (...lines: string[]): string => {
  const file = join(folder, 'rooms.txt')
  writeFileSync(file, lines.join('\n'))
  return file
}
/** Runs `room-ledger adopt ...`; whatever it says, it is no stack trace and no secret. */
const run = async (...args: string[]) => {
  const program = runProgram(build, ['adopt', ...args], env, folder)
  const { code } = await program.ended
  expect(program.output()).not.toMatch(/^\s+at /m)
  expect(program.output()).not.toContain(secretKey)
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}
/** Starts the service, on the store that the command fills. */
const started = async (): Promise<{ service: Program; url: string }> => {
  const service = serve(build, folder, env)
  const [, url] = await service.shows(/listening on (http:\/\/[\d.:]+)/)
  return { service, url: url! }
}
const stop = async (service: Program): Promise<void> => {
  service.kill('SIGTERM')
  expect((await service.ended).code).toBe(0)
}
const call = callWith('a-key-for-trying')

describe('adopting rooms while no service runs', () => {
  it('given a list with comments, an absent room and one twice, then the rooms are in the ledger, and a second run knows them', async () => {
    await roomsAtVendor('one', 'room with spaces', 'room+uni')
    const file = list('# from the old system', 'one', '', '  room with spaces\r', 'room+uni', 'one', 'nobody')
    const first = await run(file)
    expect([first.code, first.stdout]).toEqual([0, '4 rooms: 3 adopted, 0 known before, 1 absent at the vendor, 0 failed.\n'])
    expect(first.stderr).toContain('absent: nobody\n')
    expect((await run(file)).stdout).toBe('4 rooms: 0 adopted, 3 known before, 1 absent at the vendor, 0 failed.\n')

    const { service, url } = await started()
    const room = await call(`${url}/v1/rooms/${encodeURIComponent('room+uni')}`, 'GET')
    expect(room.body).toMatchObject({ owner: 'anna', origin: 'observed', status: 'active', life: 1 })
    expect((await call(`${url}/v1/rooms/nobody`, 'GET')).status).toBe(404)
    await stop(service)
  }, 60_000)

  it('given the public rooms of the vendor, on several pages, then all are adopted and the hidden one is not', async () => {
    const names = Array.from({ length: 47 }, (_, n) => `room-${n}`)
    await roomsAtVendor(...names)
    await act({ deed: 'create', roomId: 'hidden', isPublicVisible: false })
    const { code, stdout, stderr } = await run('--public')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^47 rooms: 47 adopted, 0 known before, 0 absent/)])
    expect(stderr).toMatch(/^Listing: 47 rooms, \d+\/s\nAdopting: 47 of 47 rooms/)
  }, 60_000)

  it('given lines that hold no room id, then they are named by their number, and nothing is begun', async () => {
    const { code, stdout, stderr } = await run(list('one', 'x'.repeat(49), 'tab\there', '界'.repeat(17)))
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(
      /nothing was begun[^]*line 2: "x+" has 49 bytes[^]*line 3: "tab\\there" holds control[^]*line 4: .* has 51 bytes/,
    )
    expect((await run(list('one'))).stdout).toMatch(/^1 rooms: 0 adopted/)
  }, 60_000)

  it.each([
    [['rooms.txt', '--public'], 'one of the two'],
    [['missing.txt'], 'missing.txt cannot be read (ENOENT)'],
    [['--public', '--service', 'http://127.0.0.1:9'], 'go together'],
    [['--public', '--service', 'http://127.0.0.1:9', '--key-file', 'keys.json'], 'must hold the secret'],
  ])('given the arguments %j, then it says what is wrong', async (args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringContaining(message)])
  })

  it('given no vendor, then it says how the sandbox of a running service is asked', async () => {
    delete env['LIVE_BASE_URL']
    const { code, stderr } = await run('--public')
    expect([code, stderr]).toEqual([1, expect.stringMatching(/LIVE_BASE_URL[^]*\n {2}--service http[^]*--key-file .*sandbox-api-key\n$/)])
  })

  it('given a vendor that will work with nobody, then the first answer is enough, and the rest is not tried', async () => {
    env['LIVE_SECRET_KEY'] = 'f'.repeat(64)
    const { code, stdout, stderr } = await run(list(...Array.from({ length: 50 }, (_, n) => `room-${n}`)))
    expect(code).toBe(1)
    expect(stdout).toMatch(/^50 rooms: 0 adopted.*\nStopped: \d+ not tried/)
    expect(stderr).toMatch(/failed: room-0: the vendor says 70009/)
  })

  it('given one room that the vendor will not show, then the others are adopted, and the exit code tells', async () => {
    await roomsAtVendor('one')
    await faults({ failWith: 100006, commands: ['get_room_info'] })
    const refused = await run(list('one'))
    expect([refused.code, refused.stdout]).toEqual([1, '1 rooms: 0 adopted, 0 known before, 0 absent at the vendor, 1 failed.\n'])
    expect(refused.stderr).toContain('failed: one: the vendor says 100006')
  })
})

describe('adopting rooms while the service runs', () => {
  it('given its SQLite file, then the command says how to go through the service, and that way works', async () => {
    await roomsAtVendor('one', 'two', '../three/?#')
    const file = list('one', 'two', '../three/?#', 'nobody')
    const { service, url } = await started()
    try {
      const locked = await run(file)
      expect([locked.code, locked.stdout]).toEqual([1, ''])
      expect(locked.stderr).toMatch(/in use by another process[^]*--service URL and --key-file FILE/)

      writeFileSync(join(folder, 'secret'), 'a-key-for-trying\n')
      const through = ['--service', url, '--key-file', 'secret']
      const listed = await run(file, ...through)
      expect([listed.code, listed.stdout]).toEqual([0, '4 rooms: 3 adopted, 0 known before, 1 absent at the vendor, 0 failed.\n'])
      await roomsAtVendor('four')
      const shown = await run('--public', ...through)
      expect([shown.code, shown.stdout]).toEqual([0, '4 rooms: 1 adopted, 3 known before, 0 absent at the vendor, 0 failed.\n'])
      const strange = await call(`${url}/v1/rooms/${encodeURIComponent('../three/?#')}`, 'GET')
      expect(strange.body).toMatchObject({ roomId: '../three/?#', owner: 'anna' })

      writeFileSync(join(folder, 'other'), 'no-such-key\n')
      const denied = await run('--public', '--service', url, '--key-file', 'other')
      expect([denied.code, denied.stderr]).toEqual([1, expect.stringMatching(/does not take the key in other/)])
    } finally {
      await stop(service)
    }
  }, 60_000)

  it('given EventStoreDB, then the command works beside the service, which knows the rooms at once', async () => {
    const double = await startDouble()
    onTestFinished(() => double.close())
    Object.assign(env, { EVENT_STORE_URL: double.url, AUDIT_SIGNING_KEY_FILE: keyForTests() })
    await roomsAtVendor('one', 'two')
    const { service, url } = await started()
    try {
      expect(await run('--public')).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2 rooms: 2 adopted/) })
      expect((await call(`${url}/v1/rooms/two`, 'GET')).body).toMatchObject({ owner: 'anna', origin: 'observed' })
    } finally {
      await stop(service)
    }
  }, 60_000)
})
