import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createSandbox } from '../src/index.js'
import { eventually, startReceiver } from './support/receiver.js'
import { startSandbox, vendorAt } from './support/vendor.js'

let folder: string
let stateFile: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sandbox-'))
  stateFile = join(folder, 'inner', 'state.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const read = () => {
  try {
    return readFileSync(stateFile, 'utf8')
  } catch {
    return undefined
  }
}
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const exit = (child: ChildProcess) => once(child, 'exit').then(([code]) => code as number | null)
const address = async (child: ChildProcess) => ((await once(child, 'message')) as [{ url: string }])[0].url

describe('the state file', () => {
  it('keeps rooms, living and destroyed, timers and the callback configuration over a restart', async () => {
    const receiver = await startReceiver()
    const first = await startSandbox({ stateFile })
    await first.vendor.call(
      'set_callback',
      { Url: receiver.url, CallbackCommandList: ['Live.CallbackAfterDestroyRoom'] },
      { service: 'live_config' },
    )
    await first.vendor.create('r', { Owner_Account: 'alice', Category: [1] })
    await first.vendor.code('set_room_metadata', { RoomId: 'r', Metadata: [{ Key: '__proto__', Value: 'v' }] })
    await first.vendor.act('r', 'bob', 'enter')
    await first.vendor.create('gone')
    await first.vendor.code('destroy_room', { RoomId: 'gone' })
    await first.vendor.control('PUT', 'timers', { afterNoUsersMs: null })
    const before = await first.vendor.rooms()
    await first.sandbox.close()
    receiver.received.length = 0

    const second = await startSandbox({ stateFile })
    expect(await second.vendor.rooms()).toEqual(before)
    expect((await second.vendor.control('GET', 'timers')).body).toMatchObject({ afterNoUsersMs: null })
    await second.vendor.code('destroy_room', { RoomId: 'r' })
    await second.vendor.create('gone')
    await second.sandbox.idle()
    expect(receiver.commands()).toEqual(['Live.CallbackAfterDestroyRoom'])
    expect((await second.vendor.rooms()).find((room) => room['roomId'] === 'gone')).toMatchObject({ life: 2 })
    await Promise.all([second.sandbox.close(), receiver.close()])
  })

  it('is written soon after a change, without waiting for the end', async () => {
    const { sandbox, vendor } = await startSandbox({ stateFile })
    await vendor.create('r')
    expect(await eventually(() => read()?.includes('"r"'))).toBe(true)
    await sandbox.close()
  })

  it('ends a room whose time came while the sandbox was off', async () => {
    const first = await startSandbox({ stateFile })
    await first.vendor.control('PUT', 'timers', { afterNoUsersMs: 400 })
    await first.vendor.create('r')
    await first.vendor.act('r', 'bob', 'enter')
    await first.vendor.act('r', 'bob', 'leave')
    await first.sandbox.close()
    const second = await startSandbox({ stateFile })
    expect(await eventually(async () => (await second.vendor.rooms())[0]?.['destroyCause'])).toBe('DestroyBySystem')
    await second.sandbox.close()
  })

  it('is refused, and left alone, when it is something else', () => {
    const other = join(folder, 'other.json')
    writeFileSync(other, '{"mine":true}')
    expect(() => createSandbox({ stateFile: other })).toThrow('is not a state file')
    expect(readFileSync(other, 'utf8')).toBe('{"mine":true}')
  })
})

describe('the program', () => {
  const children: ChildProcess[] = []
  const start = (env: Record<string, string>) => {
    const child = fork(here('../src/main.ts'), {
      env: { SANDBOX_PORT: '0', SANDBOX_STATE_FILE: stateFile, ...env },
      execArgv: ['--conditions=source', '--import', here('../../../test/support/run-typescript.mjs')],
      silent: true,
    })
    children.push(child)
    const output = { text: '' }
    child.stdout?.on('data', (chunk: Buffer) => (output.text += chunk))
    child.stderr?.on('data', (chunk: Buffer) => (output.text += chunk))
    return { child, output }
  }
  afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))

  it('prints and sends its address, and ends on SIGTERM with its rooms kept', async () => {
    const { child, output } = start({})
    const url = await address(child)
    expect(output.text).toBe(`Sandbox of the vendor listens at ${url}\n`)
    await vendorAt(url).create('r')
    child.kill('SIGTERM')
    expect(await exit(child)).toBe(0)
    expect(readFileSync(stateFile, 'utf8')).toContain('"roomId":"r"')
  })

  it('ends when the program that started it is gone', async () => {
    const { child } = start({})
    await address(child)
    child.disconnect()
    expect(await exit(child)).toBe(0)
  })

  it('says which settings are bad and ends with 78', async () => {
    const { child, output } = start({ SANDBOX_PORT: 'x', SANDBOX_CALLBACK_URL: 'y' })
    expect(await exit(child)).toBe(78)
    expect(output.text).toContain('SANDBOX_PORT')
    expect(output.text).toContain('SANDBOX_CALLBACK_URL')
  })
})
