import type { AddressInfo, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { appendOk, collect, event, isCaughtUp, numbersOf, within } from '../../event-store/test/store-fixture.js'
import { aDouble } from './support.js'

const { start, store: openStore } = aDouble()

/** A line that can fall silent: connections that it has swallow everything from then on, as a lost route or a proxy does. */
const lineTo = async (port: number) => {
  const pairs = new Set<readonly [Socket, Socket]>()
  const relay = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const end of pair) end.on('error', () => undefined).on('close', () => (near.destroy(), far.destroy(), pairs.delete(pair)))
    near.pipe(far).pipe(near)
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const pair of pairs) for (const end of pair) end.destroy()
    relay.close()
  })
  return {
    port: (relay.address() as AddressInfo).port,
    fallSilent: () => {
      for (const pair of pairs) for (const end of pair) end.unpipe().resume()
    },
  }
}

it('defect 7: given a line that falls silent without being cut, then writers and followers go on by a new one, and nothing is lost or doubled', async () => {
  const double = await start()
  const line = await lineTo(double.port)
  const store = await openStore({ url: `esdb://127.0.0.1:${line.port}?tls=false&keepAliveInterval=1000&keepAliveTimeout=1000` })
  const seen: unknown[] = []
  const following = (async () => {
    for await (const item of store.subscribe()) {
      if (!isCaughtUp(item)) seen.push(item.data['n'])
      if (seen.length === 3) return
    }
  })()
  await appendOk(store, 'room-1', [event(0)], 'noStream')
  line.fallSilent()
  await within(15_000, 'an append over a new line', appendOk(store, 'room-1', [event(1)], 0))
  line.fallSilent()
  await within(15_000, 'an append over a new line', appendOk(store, 'room-1', [event(2)], 'any'))
  await within(15_000, 'all events at the follower', following)
  expect(seen).toEqual([0, 1, 2])
  expect(numbersOf(await collect(store.readStream('room-1')))).toEqual([0, 1, 2])
})
