import { once } from 'node:events'
import type { Server } from 'node:http'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { eventually } from '../../../test/support/eventually.js'
import { startApp } from './support/app.js'

describe('a request that arrives while the service stops', () => {
  it.each(['/v1/things', '/nowhere'])(
    'given one to %s on a connection that is open, then 503 as a problem that says when to come again',
    async (path) => {
      const { app } = await startApp()
      await app.listen(0, '127.0.0.1')
      const { hostname, port } = new URL(await app.getUrl())
      const server = app.getHttpServer() as Server
      let accepted: Socket | undefined
      server.on('connection', (socket) => (accepted = socket))
      const socket = connect(Number(port), hostname)
      await once(socket, 'connect')
      const answer = text(socket)
      // Begun, so that the connection is not closed as an idle one.
      socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\n`)
      await eventually(() => (accepted?.bytesRead ?? 0) > 0)
      const closed = app.close()
      await eventually(() => !server.listening)
      socket.write('\r\n')
      const [head = '', body = ''] = (await answer).split('\r\n\r\n')
      expect(head).toMatch(/^HTTP\/1\.1 503 /)
      expect(head).toMatch(/\r\ncontent-type: application\/problem\+json/i)
      expect(head).toMatch(/\r\nretry-after: 1\r\n/i)
      expect(JSON.parse(body)).toEqual({
        type: '/problems/not-ready',
        title: 'Not ready',
        status: 503,
        detail: 'The service is stopping.',
        instance: path,
      })
      await closed
    },
  )
})
