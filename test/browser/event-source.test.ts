import type { Request } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventTypes } from '#room'
import { codeOf } from '../support/how-to.js'
import { openLine, type Line } from '../support/line.js'
import { needing, pathOf } from '../support/needing.js'
import { createWorld, eventually, type World } from '../support/world.js'
import { startBrowser, type Browser } from './browser.js'
import { listen, received } from './in-the-page.js'

const snippet = () => codeOf('docs/how-to/consume-the-feed.md', 'new EventSource')

it('given the lines for a browser on the page on the feed, then they listen for a type of event that there is', async () => {
  const [, type] = /room-ledger\.(\w+)/.exec(await snippet()) ?? []
  expect(eventTypes).toContain(type)
})

needing(['chromium'], "a browser's EventSource", () => {
  describe("a browser's EventSource, on a page of another origin", () => {
    let browser: Browser
    let world: World
    let line: Line
    beforeAll(async () => {
      browser = await startBrowser(pathOf('chromium')!)
      world = await createWorld({ CORS_ORIGINS: browser.origin, EVENTS_KEY_IN_QUERY: 'allow' })
      line = await openLine(() => world.url)
    }, 120_000)
    afterAll(async () => {
      await browser.close()
      await line.close()
      await world.close()
    })

    let written = 0
    const write = async (count: number): Promise<void> => {
      for (const end = written + count; written < end; written += 1) {
        const RoomInfo = { RoomId: `in-a-browser-${written % 2}`, RoomName: `Name ${written}` }
        const body = { CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo', RoomInfo, EventTime: 1_774_546_156_000 + written }
        await world.callback(body).expect(200)
      }
    }
    const ledger = async () => (await world.store.events('room-')).map(({ id }) => id)
    const restart = (env: Record<string, string> = {}) => world.restart({ PORT: new URL(world.url).port, ...env })
    const address = (after: string) => `${line.url}/v1/events/stream?after=${after}&access_token=${world.secret}`

    it('given the key in the query, then it hears what comes, goes on by itself after each interruption, and has all of it once', async () => {
      await write(5)
      const page = await browser.open()
      const requests: Request[] = []
      page.on('request', (request) => void requests.push(request))
      await listen(page, address('start'))
      const heardAll = async () => {
        const all = await ledger()
        await eventually(
          () => received(page),
          ({ ids }) => ids.length >= all.length,
        )
        expect((await received(page)).ids).toEqual(all)
      }
      await heardAll()
      await write(5)
      await heardAll()

      line.cut()
      await write(5)
      await heardAll()

      await restart()
      await write(5)
      await heardAll()
      expect((await received(page)).errors).toBeGreaterThanOrEqual(2)
      const resumed = await Promise.all(requests.slice(1).map((request) => request.headerValue('last-event-id')))
      expect(resumed.length).toBeGreaterThanOrEqual(2)
      expect(resumed).not.toContain(null)
      await page.close()
    }, 60_000)

    it('given that it begins now, and is cut before anything has come, then it misses nothing of what comes meanwhile', async () => {
      const page = await browser.open()
      await listen(page, address('now'))
      await eventually(
        () => received(page),
        ({ state }) => state === 1,
      )
      const before = await ledger()
      line.cut()
      await write(5)
      const meanwhile = (await ledger()).slice(before.length)
      await eventually(
        () => received(page),
        ({ ids }) => ids.length >= meanwhile.length,
      )
      expect((await received(page)).ids).toEqual(meanwhile)
      await page.close()
    })

    it('given the lines for a browser on the page on the feed, then they tell of a new owner', async () => {
      const page = await browser.open()
      const said: unknown[] = []
      page.on(
        'console',
        (message) =>
          void message
            .args()[0]
            ?.jsonValue()
            .then((value) => said.push(value)),
      )
      const opened = page.waitForResponse((response) => response.url().includes('/v1/events/stream'))
      await page.evaluate(`{ const [url, key] = ${JSON.stringify([line.url, world.secret])}; ${await snippet()} }`)
      expect((await opened).status()).toBe(200)
      const body = {
        CallbackCommand: 'Live.CallbackAfterChangeOwner',
        RoomId: 'in-a-browser-0',
        CurrentOwner_Account: 'ben',
        OriginalOwner_Account: 'anna',
        EventTime: 1_774_546_156_000 + written,
      }
      await world.callback(body).expect(200)
      await eventually(() => said.length)
      expect(said).toMatchObject([{ type: 'room-ledger.OwnerChanged', subject: 'in-a-browser-0', data: { to: 'ben' } }])
      await page.close()
    })

    it('given a service that was not told to allow it, then it is refused, gives up, and hears nothing', async () => {
      await restart({ EVENTS_KEY_IN_QUERY: '' })
      const page = await browser.open()
      await listen(page, address('start'))
      await eventually(
        () => received(page),
        ({ errors }) => errors > 0,
      )
      await write(1)
      expect(await received(page)).toEqual({ ids: [], errors: 1, state: 2 })
      await page.close()
    })
  })
})
