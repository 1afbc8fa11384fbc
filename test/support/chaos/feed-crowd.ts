// Many subscribers in a process of their own, told what to do by its parent: each message has one answer.
import { connect, type Socket } from 'node:net'
import { createSseParser } from '../sse-parser.js'
import { countEvents } from './feed-count.js'

export interface Connect {
  readonly connect: { readonly url: string; readonly secret: string; readonly subscribers: number; readonly sampleEvery: number }
}
export interface Measure {
  /** When each callback was sent, by its number; milliseconds since 1970. */
  readonly measure: { readonly sentAt: ReadonlyMap<number, number>; readonly startedAt: number; readonly patienceMs: number }
}
export interface Measured {
  /** Numbers of the callbacks in the order in which they were delivered. */
  readonly order: readonly number[]
  /** What was not delivered as it should have been. */
  readonly wrong: readonly string[]
  readonly p50: number
  readonly p99: number
  readonly longest: number
}
export type Order = Connect | Measure | { readonly disconnect: true }

interface Subscriber {
  readonly socket: Socket
  received: number
  /** Each time something came: how many events there were then, and when it was. */
  readonly came: number[]
  /** What came to those who are looked at closely: times of the events. */
  readonly times?: string[]
}

let subscribers: Subscriber[] = []

const now = (): number => performance.timeOrigin + performance.now()

const subscribe = ({ url, secret, sampleEvery }: Connect['connect'], index: number): Promise<Subscriber> => {
  const { hostname, port, host, pathname, search } = new URL(url)
  const socket = connect(Number(port), hostname)
  const times = index % sampleEvery === 0 ? ([] as string[]) : undefined
  const subscriber: Subscriber = { socket, received: 0, came: [], ...(times && { times }) }
  const parser = createSseParser({ lastEventId: undefined, onMessage: ({ data }) => void times?.push(JSON.parse(data).time) })
  return new Promise((resolve, reject) => {
    const scan = countEvents({
      onHead: (status) => (status === 200 ? resolve(subscriber) : reject(new Error(`the stream answered ${status}`))),
      ...(times && { onText: parser.feed }),
    })
    socket.on('data', (chunk) => {
      const events = scan(chunk)
      if (events === 0) return
      subscriber.received += events
      subscriber.came.push(subscriber.received, now())
    })
    socket.on('error', reject)
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${secret}\r\n\r\n`)
  })
}

const measure = async ({ sentAt, startedAt, patienceMs }: Measure['measure']): Promise<Measured> => {
  const expected = sentAt.size
  const late = () => subscribers.filter(({ received }) => received < expected).length
  for (const deadline = Date.now() + patienceMs; late() > 0 && Date.now() < deadline;) await new Promise((go) => setTimeout(go, 50))
  const [sample, ...others] = subscribers.flatMap(({ times }) => (times ? [times] : []))
  const order = sample!.map((time) => Date.parse(time) - startedAt)
  const wrong = [
    ...subscribers.flatMap(({ received }, index) =>
      received === expected ? [] : [`subscriber ${index} was given ${received} events of ${expected}`],
    ),
    ...others.flatMap((times, index) =>
      times.join() === sample!.join() ? [] : [`sample ${index + 1} was given other events than sample 0, or in another order`],
    ),
  ].slice(0, 10)
  const took = new Float64Array(subscribers.reduce((sum, { received }) => sum + received, 0))
  let filled = 0
  for (const { came } of subscribers)
    for (let at = 0, event = 0; at < came.length; at += 2)
      for (; event < came[at]!; event += 1) took[filled++] = came[at + 1]! - (sentAt.get(order[event]!) ?? Number.NaN)
  took.sort()
  const share = (of: number) => took[Math.floor((took.length - 1) * of)] ?? Infinity
  for (const subscriber of subscribers) {
    subscriber.received = 0
    subscriber.came.length = 0
    if (subscriber.times) subscriber.times.length = 0
  }
  return { order, wrong, p50: share(0.5), p99: share(0.99), longest: share(1) }
}

const obey = async (order: Order): Promise<Measured | 'done'> => {
  if ('measure' in order) return measure(order.measure)
  for (const { socket } of subscribers) socket.destroy()
  subscribers = []
  if (!('connect' in order)) return 'done'
  for (let from = 0; from < order.connect.subscribers; from += 50) {
    const some = Array.from({ length: Math.min(50, order.connect.subscribers - from) }, (_, index) =>
      subscribe(order.connect, from + index),
    )
    subscribers.push(...(await Promise.all(some)))
  }
  return 'done'
}

process.on('message', (order: Order) => {
  obey(order).then(
    (answer) => process.send!(answer),
    (error: unknown) => process.send!({ failed: String(error) }),
  )
})
process.on('disconnect', () => process.exit(0))
