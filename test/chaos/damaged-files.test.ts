import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { application, callbackOf, openVendor } from '../bench/load.js'
import { eventually } from '../support/eventually.js'
import { buildProgram, callWith, serve, settingsFor, urlOf, writeKey, type Program } from '../support/program.js'

describe('the program on damaged files', () => {
  let build: string
  let folder: string
  let secret: string
  const programs: Program[] = []
  beforeAll(async () => void (build = await buildProgram()), 120_000)
  afterAll(() => rm(build, { recursive: true, force: true }))
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-damaged-'))
    secret = (await writeKey(folder)).secret
  })
  afterEach(async () => {
    for (const program of programs.splice(0)) {
      program.kill('SIGKILL')
      await program.ended
    }
    await rm(folder, { recursive: true, force: true })
  })

  const start = (): Program => {
    const program = serve(build, folder, {
      ...settingsFor(folder, application),
      EVENT_STORE_URL: `sqlite:${join(folder, 'room-ledger.db')}`,
    })
    programs.push(program)
    return program
  }
  /** @returns a room of the ledger that was made */
  const fill = async (): Promise<string> => {
    const program = start()
    const vendor = openVendor(await urlOf(program), 4)
    for (let n = 0; n < 20; n += 1) await vendor.send(callbackOf(4, n, 1_700_000_000_000).body)
    await vendor.close()
    program.kill('SIGTERM')
    expect(await program.ended).toMatchObject({ code: 0 })
    return callbackOf(4, 0, 1_700_000_000_000).roomId
  }
  /** In the middle of what was written last. */
  const flipIn = async (name: string): Promise<void> => {
    const file = join(folder, name)
    const bytes = await readFile(file)
    const at = bytes.lastIndexOf('owner-')
    bytes[at] = bytes[at]! ^ 1
    await writeFile(file, bytes)
  }

  it('given a store with one flipped bit, when it starts, then it ends with one message that names setting, file and remedy', async () => {
    await fill()
    await flipIn('room-ledger.db')
    const program = start()
    expect(await program.ended).toMatchObject({ code: 1 })
    expect(program.stderr()).toMatch(/^EVENT_STORE_URL: .*room-ledger\.db is damaged: .* not as it was written\. .*backup.*\n$/)
    expect(program.stdout()).toBe('')
  })

  it('given a derived file with one flipped bit, when it starts, then it says so, and answers as before', async () => {
    const roomId = await fill()
    for (const name of ['directory.db', 'projections.db']) await flipIn(name)
    const program = start()
    const url = await urlOf(program)
    expect(program.stdout()).toMatch(/directory\.db was altered since it was closed; it is rebuilt from the log/)
    expect(program.stdout()).toMatch(/projections\.db cannot be used and is rebuilt from the log/)
    await eventually(
      () => callWith(secret)(`${url}/v1/rooms/${roomId}/history`, 'GET'),
      ({ body }) => body.items?.length === 5,
    )
    const { body } = await eventually(
      () => callWith(secret)(`${url}/v1/rooms?sort=roomId`, 'GET'),
      (answer) => answer.body.items?.length === 4,
    )
    expect(body.items).toMatchObject(Array.from({ length: 4 }, () => ({ owner: 'owner-4' })))
  })
})
