import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { eventually } from './eventually.js'
import { openSse, SseRefused } from './sse-client.js'
import { createSseParser, type SseMessage } from './sse-parser.js'

const readPieces = (pieces: readonly string[], lastEventId?: string) => {
  const messages: SseMessage[] = []
  const comments: string[] = []
  const parser = createSseParser({ lastEventId, onMessage: (each) => messages.push(each), onComment: (each) => comments.push(each) })
  for (const piece of pieces) parser.feed(piece)
  return { messages, comments, lastEventId: parser.lastEventId(), within: parser.isWithin() }
}

describe('reading events that are sent', () => {
  const body =
    'retry: 2000\n\nid: 1\nevent: a\ndata: {"x":1}\n\n: still here\n\nid: 2\r\ndata:one\r\ndata: two\r\n\r\nid: 3\n\ndata\rdata: z\r\r'

  it('given blocks, comments and an id without data, then each is what the standard makes of it', () => {
    expect(readPieces([body, '\n'])).toEqual({
      messages: [
        { id: '1', event: 'a', data: '{"x":1}' },
        { id: '2', event: 'message', data: 'one\ntwo' },
        { id: '3', event: 'message', data: '\nz' },
      ],
      comments: ['still here'],
      lastEventId: '3',
      within: false,
    })
  })

  it('given the same text in any pieces, then it is read the same', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(body.length)), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), body.length]
        const pieces = at.slice(1).map((end, index) => body.slice(at[index], end))
        // Whether a carriage return at a piece's end was a line's end or half of one shows in the next piece.
        expect(readPieces([...pieces, '\n']).messages).toEqual(readPieces([body, '\n']).messages)
      }),
    )
  })

  it('given a block that is not whole, then neither it nor its id counts', () => {
    expect(readPieces(['id: 8\ndata: whole\n\nid: 9\ndata: half\n'], '7')).toMatchObject({
      messages: [{ id: '8', data: 'whole' }],
      lastEventId: '8',
      within: true,
    })
  })
})

describe('a client of a stream', () => {
  const ends: (() => void)[] = []
  afterEach(() => {
    for (const end of ends.splice(0)) end()
  })
  const serve = async (answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> => {
    const server = createServer(answer).listen(0, '127.0.0.1')
    ends.push(() => {
      server.close()
      server.closeAllConnections()
    })
    await once(server, 'listening')
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }
  const stream = { 'content-type': 'text/event-stream; charset=utf-8' }

  it('given a line that is cut in the middle of an event, when it comes again with the last id, then it gets that event once', async () => {
    const url = await serve((request, response) => {
      const from = Number(request.headers['last-event-id'] ?? 0)
      response.writeHead(200, stream)
      for (let n = from + 1; n <= 4; n += 1) response.write(`id: ${n}\ndata: größe ${n}\n\n`)
    })
    const messages: SseMessage[] = []
    const onMessage = (each: SseMessage) => void messages.push(each)
    const first = await openSse(url, { onMessage, cutAfterBytes: 60 })
    await first.ended
    expect([first.lastEventId(), first.brokeWithin()]).toEqual(['2', true])
    const second = await openSse(url, { onMessage, lastEventId: first.lastEventId() })
    await eventually(() => messages.length === 4)
    second.cut()
    await second.ended
    expect(messages.map(({ data }) => data)).toEqual(['größe 1', 'größe 2', 'größe 3', 'größe 4'])
  })

  it('given a client that stops reading, then the sender is held back, and goes on when it reads on', async () => {
    const count = 1000
    let sent = false
    const url = await serve((_, response) => {
      response.writeHead(200, stream)
      response.write(`data: ${'x'.repeat(64 * 1024)}\n\n`.repeat(count), () => (sent = true))
    })
    const messages: SseMessage[] = []
    const line = await openSse(url, { onMessage: (each) => void messages.push(each) })
    line.stopReading()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(sent).toBe(false)
    line.readOn()
    await eventually(() => messages.length === count)
    expect(sent).toBe(true)
    line.cut()
  })

  it('given heartbeats, then they are told; given an answer that is no stream, then it is thrown with its status', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/no') return void response.writeHead(409, { 'content-type': 'application/problem+json' }).end('{"status":409}')
      response.writeHead(200, stream).write(': beat\n\n')
    })
    const beats: string[] = []
    const line = await openSse(url, { onHeartbeat: (comment) => void beats.push(comment) })
    await eventually(() => beats.length === 1)
    line.cut()
    await expect(openSse(`${url}/no`)).rejects.toEqual(new SseRefused(409, '{"status":409}'))
  })
})
