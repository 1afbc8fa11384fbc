import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { httpsForTest } from '../../../test/support/checkpoint-sinks.js'
import { makeCertificate, type Certificate } from '../../../test/double/certificate.js'
import { openSink } from '../src/index.js'
import { folderForTest } from './support/ledger.js'

describe('a directory', () => {
  it('given notes, then each is there under its size, whole, and the last one is the latest', async () => {
    const folder = join(folderForTest(), 'deep', 'sink')
    const sink = openSink(folder)
    expect(await sink.latest(false)).toBeUndefined()
    await expect(sink.latest(true)).rejects.toThrow(/there is no directory/)
    for (const size of [1, 22]) await sink.put(size, `note ${size}\n`)
    expect(await sink.latest(true)).toBe('note 22\n')
    expect(readdirSync(folder).toSorted()).toEqual(['checkpoint-1.txt', 'checkpoint-22.txt', 'latest.txt'])
    expect(readFileSync(join(folder, 'checkpoint-1.txt'), 'utf8')).toBe('note 1\n')
  })

  it('given a place that is none, then it says which and why', async () => {
    const above = folderForTest()
    writeFileSync(join(above, 'file'), '')
    const sink = openSink(join(above, 'file', 'sink'))
    await expect(sink.latest(false)).rejects.toThrow(/file.sink cannot be read \(ENOTDIR\)/)
    await expect(sink.put(1, 'note')).rejects.toThrow(/file.sink cannot be written \((ENOTDIR|EEXIST)\)/)
    mkdirSync(join(above, 'sink', 'latest.txt'), { recursive: true })
    await expect(openSink(join(above, 'sink')).latest(true)).rejects.toThrow(/EISDIR/)
  })
})

describe('an HTTPS address', () => {
  const usual = getCACertificates('default')
  let certificate: Certificate
  let server: Server | undefined
  beforeAll(async () => {
    certificate = await makeCertificate()
    setDefaultCACertificates([...usual, certificate.cert.toString()])
  })
  afterAll(() => {
    setDefaultCACertificates(usual)
    certificate.remove()
  })
  afterEach(async () => {
    server?.closeAllConnections()
    await new Promise((closed) => (server ? server.close(closed) : closed(undefined)))
    server = undefined
  })
  const answering = async (listener: RequestListener) => {
    server = createServer({ cert: certificate.cert, key: certificate.key }, listener).listen(0, '127.0.0.1')
    await once(server, 'listening')
    return openSink(`https://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}/of/this?token=secret`)
  }

  it('given a place that keeps what is put, then it gives the latest again', async () => {
    const place = await httpsForTest()
    setDefaultCACertificates([...usual, readFileSync(place.env['NODE_EXTRA_CA_CERTS']!, 'utf8')])
    try {
      const sink = openSink(place.env['AUDIT_CHECKPOINT_SINK']!)
      expect(await sink.latest(true)).toBeUndefined()
      await sink.put(3, 'note 3\n')
      expect([await sink.latest(true), [...place.held.keys()]]).toEqual(['note 3\n', ['checkpoint-3.txt', 'latest.txt']])
    } finally {
      setDefaultCACertificates([...usual, certificate.cert.toString()])
      await place.close()
    }
  })

  it.each<[string, RequestListener, RegExp]>([
    ['refuses', (_, answer) => void answer.writeHead(403).end('no'), /answered 403/],
    ['sends elsewhere', (_, answer) => void answer.writeHead(302, { Location: 'https://127.0.0.1:1/' }).end(), /answered 302/],
    ['hangs up', (request) => void request.socket.destroy(), /gave no answer/],
    ['fails', (_, answer) => void answer.writeHead(500).end(), /answered 500/],
  ])('given one that %s, then reading and putting fail, and neither password nor query is repeated', async (_, listener, says) => {
    const sink = await answering(listener)
    for (const asked of [sink.latest(true), sink.put(1, 'note')]) {
      const error = await asked.then(
        () => undefined,
        (thrown: Error) => thrown,
      )
      expect(error?.message).toMatch(says)
      expect(`${error?.message} ${sink.name}`).not.toContain('secret')
    }
  })

  it('given an answer without end, then it is not read to the end', async () => {
    const sink = await answering((_, answer) => {
      const more = (): void => void (answer.write('x'.repeat(10_000)) ? setImmediate(more) : answer.once('drain', more))
      more()
    })
    await expect(sink.latest(true)).rejects.toThrow(/more than a note/)
  })

  it('given an authority that nobody knows, then that is the reason', async () => {
    setDefaultCACertificates(usual)
    try {
      const sink = await answering((_, answer) => void answer.end())
      await expect(sink.latest(true)).rejects.toThrow(/SELF_SIGNED/)
    } finally {
      setDefaultCACertificates([...usual, certificate.cert.toString()])
    }
  })
})
