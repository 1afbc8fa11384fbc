import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { EventStore } from '#event-store'
import { appendOk, collect, event, isCaughtUp, uniqueCategory, within } from '../../event-store/test/store-fixture.js'
import { openEsdbEventStore } from '../src/index.js'

/** A line to the server that can be cut while answers are on their way. */
const cuttableLine = async (url: string) => {
  const server = new URL(url.replace(/^esdb:/, 'http:'))
  const target = { port: Number(server.port || 2113), host: server.hostname }
  const lines = new Set<Socket>()
  const relay = createServer((near) => {
    const far = connect(target)
    for (const end of [near, far]) {
      lines.add(end)
      end.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy(), lines.delete(end)))
    }
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  const { port } = relay.address() as AddressInfo
  server.host = `127.0.0.1:${port}`
  return {
    url: server.href.replace(/^http:/, 'esdb:'),
    cut: () => {
      for (const line of lines) line.destroy()
    },
    close: () => void relay.close(),
  }
}

/** Each writer has a stream of its own, so that any doubled or lost event shows in its numbers. */
const write = async (store: EventStore, stream: string, count: number, expectRevisions: boolean) => {
  for (let n = 0; n < count; n += 1) await appendOk(store, stream, [event(n)], expectRevisions ? (n === 0 ? 'noStream' : n - 1) : 'any')
}

/** What an interrupted line must not do, whoever serves at its other end. */
export const interruptions = (server: { readonly url: string }): void => {
  describe('a line that is cut again and again', () => {
    it('loses and doubles nothing, for writers and for those who follow', { timeout: 60_000 }, async () => {
      const line = await cuttableLine(server.url)
      const store = await openEsdbEventStore({ connectionString: line.url })
      const category = uniqueCategory()
      const prefixes = [`${category}-`]
      const seen: unknown[] = []
      const follow = async () => {
        for await (const item of store.subscribe({ prefixes })) {
          if (!isCaughtUp(item)) seen.push(item)
          if (seen.length === 1_200) return
        }
      }
      const following = follow()
      let cuts = 0
      const done = Promise.all([0, 1, 2, 3, 4, 5].map((n) => write(store, `${category}-${n}`, 200, n % 2 === 0))).then(() => (cuts = -cuts))
      while (cuts >= 0 && cuts < 25) {
        await delay(40)
        line.cut()
        cuts += 1
      }
      await within(40_000, 'all appends', done)
      await within(20_000, 'all events at the follower', following)

      const inLog = await collect(store.readAll({ prefixes }))
      expect(Math.abs(cuts)).toBeGreaterThan(3)
      expect(inLog).toHaveLength(1_200)
      expect(seen).toEqual(inLog)
      await store.close()
      line.close()
    })
  })
}
