import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { idsIn, tryConsumer } from '../support/consumer.js'
import { codeOf, startForeign } from '../support/how-to.js'
import { needing } from '../support/needing.js'
import { createWorld, eventually, type World } from '../support/world.js'

const page = 'docs/how-to/consume-the-feed.md'
const long = { timeout: 60_000 }

/** The whole lines of a file of events; the last one may still be on its way. */
const idsOfLines = (folder: string): readonly string[] => {
  const file = join(folder, 'events.ndjson')
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
  return lines.map((line) => (JSON.parse(line) as { id: string }).id)
}

describe('the page on consuming the feed', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
  })
  afterAll(() => world.close())
  const env = () => ({ FEED_URL: world.url, FEED_KEY: world.secret })

  it('given its Node program, killed while facts come in, and a restart of the service, then it has handled all in order', long, () =>
    tryConsumer(world, 'followed-by-node', {
      page,
      file: 'follow-feed.mjs',
      command: process.execPath,
      env: env(),
      handled: idsIn('feed.db'),
    }),
  )

  needing(['python3'], 'the Python program of the page on the feed', () => {
    it('given its Python program, killed while facts come in, and a restart of the service, then it has handled all in order', long, () =>
      tryConsumer(world, 'followed-by-python', { page, file: 'follow_feed.py', command: 'python3', env: env(), handled: idsIn('feed.db') }),
    )
  })

  needing(['curl', 'jq'], 'the shell program of the page on the feed', () => {
    it('given its shell program, killed while facts come in, and a restart of the service, then it has handled all in order', long, () =>
      tryConsumer(world, 'followed-by-shell', { page, file: 'page-feed.sh', command: 'sh', env: env(), handled: idsOfLines }),
    )
  })

  needing(['curl'], 'the curl line of the page on the feed', () => {
    it('given its curl line, then events stand there to be read as soon as they are recorded', async () => {
      const curl = startForeign('sh', ['-c', await codeOf(page, 'curl -N')], { env: env() })
      try {
        for (const at of [1, 2]) {
          const roomId = `looked-at-${at}`
          const body = {
            CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
            RoomInfo: { RoomId: roomId },
            EventTime: 1_774_546_156_000 + at,
          }
          await world.callback(body).expect(200)
          await eventually(() => curl.output().includes(`"subject":"${roomId}"`))
        }
        expect(curl.output()).toMatch(/^id: \S+\nevent: room-ledger\.RoomUpdated\ndata: \{.*"subject":"looked-at-1".*\}$/m)
      } finally {
        await curl.kill()
      }
    })
  })
})
