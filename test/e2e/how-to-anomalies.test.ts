import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { codeOf, startForeign } from '../support/how-to.js'
import { needing } from '../support/needing.js'
import { createWorld, type World } from '../support/world.js'

const page = 'docs/how-to/look-for-anomalies.md'

needing(['curl', 'jq'], 'the lines of the page on anomalies', () => {
  describe('the page on anomalies', () => {
    let world: World
    let folder: string
    beforeAll(async () => {
      world = await createWorld()
      folder = await mkdtemp(join(tmpdir(), 'room-ledger-anomalies-'))
      await writeFile(join(folder, 'anomalies.sh'), await codeOf(page, 'anomalies.ndjson'))
      const told = (name: string, ms: number) => ({
        CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
        RoomInfo: { RoomId: 'how-to-odd', RoomName: name },
        Operator_Account: name,
        EventTime: Date.now() - 300_000 + ms,
      })
      for (const [i, name] of ['anna', 'ben', 'carla'].entries()) await world.callback(told(name, i)).expect(200)
    })
    afterAll(async () => {
      await world.close()
      await rm(folder, { recursive: true, force: true })
    })
    const run = async (args: readonly string[]): Promise<string> => {
      const program = startForeign('sh', args, { cwd: folder, env: { LEDGER_URL: world.url, LEDGER_KEY: world.secret } })
      expect([await program.ended, program.output()]).toEqual([[0, null], expect.any(String)])
      return program.output()
    }
    const found = async () =>
      (await readFile(join(folder, 'anomalies.ndjson'), 'utf8'))
        .split('\n')
        .filter((line) => line.includes('"how-to-odd"'))
        .map((line) => JSON.parse(line))

    it('given its program without a filter, then it writes all of them down and counts them', async () => {
      const said = await run(['anomalies.sh'])
      expect(said).toMatch(/\d+ late-callback\n/)
      expect((await found()).map(({ kind }) => kind).toSorted()).toEqual([
        'late-callback',
        'late-callback',
        'late-callback',
        'new-operator',
        'new-operator',
      ])
    })

    it('given two filters, then both hold', async () => {
      await run(['anomalies.sh', 'kind=late-callback,new-operator', 'lateMs=3600000'])
      expect((await found()).map(({ kind }) => kind)).toEqual(['new-operator', 'new-operator'])
    })

    it('given an event of one of them, then its line shows it', async () => {
      await run(['anomalies.sh', 'kind=new-operator'])
      const [{ eventIds }] = await found()
      const lines = (await codeOf(page, 'history?')).replace(/^room=.*$/m, `room=how-to-odd event=${eventIds[0]}`)
      expect(JSON.parse(await run(['-c', lines]))).toMatchObject({ eventId: eventIds[0], actor: { id: 'ben' } })
    })

    it('given its line for who looked, then that call stands at the top', async () => {
      const [first] = (await run(['-c', await codeOf(page, 'access-log')])).split('\n')
      expect(first).toMatch(/^\S+Z\tall\t-\tGET\t\/v1\/audit\/access-log\t\{"limit":"500"\}$/)
    })
  })
})
