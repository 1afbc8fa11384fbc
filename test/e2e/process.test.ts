import { describe, expect, it } from 'vitest'
import { startForeign } from '../support/how-to.js'
import { needing } from '../support/needing.js'
import { inShell } from '../support/program.js'
import { startedPrograms } from '../support/started-programs.js'
import { eventually } from '../support/world.js'

describe('the program', () => {
  const { start } = startedPrograms()
  const answers = (url: string): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    )

  describe('without settings', () => {
    it('given nothing, when it starts, then it prints three lines that work, and SIGTERM ends it and its sandbox', async () => {
      const program = start({ PORT: '0' })
      await program.shows(/\/stream\n/)
      const lines = program
        .stdout()
        .split('\n')
        .filter((line) => line.trim().startsWith('curl -s '))
      expect(lines).toHaveLength(3)
      const [room, changed, owners] = [
        JSON.parse(await inShell(lines[0]!)),
        JSON.parse(await inShell(lines[1]!)),
        JSON.parse(await inShell(lines[2]!)),
      ]
      expect(room).toMatchObject({ status: 'active', owner: 'ben' })
      expect(changed).toMatchObject({ kind: 'change-owner', status: 'confirmed', reason: 'trying it out' })
      expect(owners).toMatchObject({ continuous: true, gaps: [] })
      expect(owners.items.map(({ to }: { to: string }) => to)).toEqual(['anna', 'ben', 'dora'])

      const sandbox = /Sandbox\s+(http\S+)/.exec(program.stdout())![1]!
      expect(await answers(`${sandbox}/_sandbox/rooms`)).toBe(true)
      const asked = performance.now()
      program.kill('SIGTERM')
      expect(await program.ended).toMatchObject({ code: 0, signal: null })
      expect(performance.now() - asked).toBeLessThan(10_000)
      await eventually(
        () => answers(`${sandbox}/_sandbox/rooms`),
        (there) => !there,
      )
      expect(program.stderr()).toBe('')
    })

    needing(['curl'], 'the line that shows the live feed', () => {
      it('given the line to watch with, then it shows what happens in the demo, readable and as it comes', async () => {
        const program = start({ PORT: '0' })
        const [line] = await program.shows(/curl -N .*/)
        const curl = startForeign('sh', ['-c', line])
        try {
          const shown = () => [...curl.output().matchAll(/^event: room-ledger\.(\w+)$/gm)].map(([, type]) => type)
          await eventually(shown, (types) => types.includes('RoomCreated') && types.includes('OwnerChanged'))
          const before = shown().length
          const owner = program
            .stdout()
            .split('\n')
            .find((printed) => printed.includes('-X PUT'))!
          await inShell(owner)
          await eventually(
            () => shown().slice(before),
            (types) => types.includes('OwnerChangeRequested') && types.includes('OwnerChanged'),
          )
        } finally {
          await curl.kill()
        }
      })
    })

    it('given it was killed, when it starts again, then rooms and key are the same', async () => {
      const first = start({ PORT: '0' })
      await first.shows(/\/owners\n/)
      const key = /API key\s+(\S+)/.exec(first.stdout())![1]!
      first.kill('SIGKILL')
      await first.ended
      const second = start({ PORT: '0' })
      await second.shows(/\/owners\n/)
      expect(second.stdout()).toContain(key)
      const line = second
        .stdout()
        .split('\n')
        .find((line) => line.includes('-X PUT'))!
      expect(JSON.parse(await inShell(line))).toMatchObject({ status: 'confirmed' })
    })
  })

  describe('with settings that cannot be used', () => {
    const secrets = ['hidden-key-1', 'hidden-token-2', 'hidden/path-3', 'hidden-password-4']
    const bad = {
      PORT: '99999',
      CONFIRMATION_TIMEOUT_MS: 'never',
      REQUIRE_REASON: 'perhaps',
      LIVE_CALLBACK_ALLOWED_IPS: 'not-a-range',
      EVENT_STORE_URL: `postgres://user:${secrets[3]}@example.org/db`,
      LIVE_CALLBACK_TOKEN: secrets[1]!,
      LIVE_CALLBACK_PATH_SECRET: secrets[2]!,
      LIVE_SECRET_KEY: secrets[0]!,
      LIVE_RATE_LIMIT: '-1',
    }
    const wrong = Object.keys(bad).filter((name) => name !== 'LIVE_CALLBACK_TOKEN' && name !== 'LIVE_SECRET_KEY')

    it.each([
      [
        'a vendor',
        { ...bad, LIVE_BASE_URL: 'ftp://vendor' },
        [...wrong, 'LIVE_BASE_URL', 'LIVE_SDK_APP_ID', 'LIVE_ADMIN_ACCOUNT', 'API_KEYS_FILE'],
      ],
      ['no vendor', { ...bad, LIVE_SDK_APP_ID: 'mine' }, [...wrong, 'LIVE_SDK_APP_ID']],
      ['no vendor but a port in words', { PORT: 'abc' }, ['PORT']],
    ])('given %s, then one message names each variable, no secret is in it, and the exit code is 78', async (_, env, names) => {
      const program = start(env)
      expect(await program.ended).toMatchObject({ code: 78 })
      expect(program.stdout()).toBe('')
      const named = program
        .stderr()
        .split('\n')
        .flatMap((line) => /^ {2}([A-Z_]+) /.exec(line)?.[1] ?? [])
      expect(named.toSorted()).toEqual(names.toSorted())
      for (const secret of secrets) expect(program.output()).not.toContain(secret)
      expect(program.stderr()).not.toMatch(/^\s+at /m)
    })
  })
})
