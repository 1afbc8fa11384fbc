import { once } from 'node:events'
import { createConnection, type AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { Problem, type Authenticated } from '#platform'
import { createStreams, type StreamOptions } from '../src/feed/send-stream.js'
import { openSse } from '../../../test/support/sse-client.js'
import { eventually } from '../../../test/support/eventually.js'

let fastify: FastifyInstance
afterEach(() => fastify.close())

interface Served {
  readonly url: string
  readonly open: () => number
  /** How often a source was asked for more. */
  readonly asked: () => number
}

/** A service that sends pieces of text as long as they are taken; `pieces`: so many of them. */
const serve = async (options: StreamOptions & { pieces?: number; isAllowed?: () => boolean }): Promise<Served> => {
  const streams = createStreams(options)
  let asked = 0
  fastify = Fastify({ forceCloseConnections: true })
  fastify.get('/', async (request, reply) => {
    const authenticated = request as Authenticated
    authenticated.authenticateAgain = async () => {
      if (options.isAllowed?.() === false) throw new Problem({ type: 'unauthorized', detail: '' })
      return { kind: 'apiKey', id: 'a' }
    }
    try {
      await streams.send(authenticated, reply, async function* (gone) {
        for (let n = 0; n < (options.pieces ?? Infinity) && !gone.aborted; n += 1) {
          asked += 1
          yield Buffer.from(`id: ${n}\ndata: ${'x'.repeat(100_000)}\n\n`)
        }
        if (options.pieces !== undefined) await once(gone, 'abort')
      })
    } catch (error) {
      if (error instanceof Problem) return reply.status(error.status).send()
      throw error
    }
  })
  await fastify.listen({ port: 0, host: '127.0.0.1' })
  return { url: `http://127.0.0.1:${(fastify.server.address() as AddressInfo).port}/`, open: streams.open, asked: () => asked }
}

describe('sending a stream', () => {
  it('given a reader who takes nothing, then the source is asked for no more than fits on the way, and he is dropped', async () => {
    const { url, open, asked } = await serve({ patienceMs: 300 })
    const socket = createConnection(Number(new URL(url).port), '127.0.0.1').pause()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await eventually(open, (now) => now === 1)
    await eventually(open, (now) => now === 0)
    // Sockets hold some megabytes on their way, pieces are 100 kB.
    expect(asked()).toBeLessThan(200)
    socket.destroy()
  })

  it('given a reader who is only slow, then he is kept', async () => {
    const { url, open } = await serve({ patienceMs: 1_000 })
    let seen = 0
    const line = await openSse(url, { onMessage: () => (seen += 1) })
    line.stopReading()
    for (let n = 0; n < 10; n += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150))
      line.readOn()
      await new Promise((resolve) => setTimeout(resolve, 50))
      line.stopReading()
    }
    expect(open()).toBe(1)
    expect(seen).toBeGreaterThan(0)
    line.cut()
    await eventually(open, (now) => now === 0)
  })

  it('given a credential that is taken back, then the stream ends', async () => {
    let allowed = true
    const { url, open } = await serve({ looksAgainMs: 20, pieces: 1, isAllowed: () => allowed })
    const line = await openSse(url)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(open()).toBe(1)
    allowed = false
    await line.ended
    await eventually(open, (now) => now === 0)
  })

  it('given as many as are taken, then one more is told to come again', async () => {
    const { url } = await serve({ most: 1, pieces: 1 })
    const line = await openSse(url)
    expect((await fetch(url)).status).toBe(503)
    line.cut()
    const again = await eventually(() => openSse(url).catch(() => undefined))
    again?.cut()
  })
})
