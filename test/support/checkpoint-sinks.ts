import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from '../double/certificate.js'

/** A place for checkpoints, seen from outside. */
export interface SinkForTest {
  /** Settings of a program that uses it. */
  readonly env: Readonly<Record<string, string>>
  read(name: string): Promise<string | undefined>
  close(): Promise<void>
}

export const directoryForTest = async (): Promise<SinkForTest> => {
  const above = await mkdtemp(join(tmpdir(), 'room-ledger-sink-'))
  const folder = join(above, 'checkpoints')
  return {
    env: { AUDIT_CHECKPOINT_SINK: folder },
    read: (name) => readFile(join(folder, name), 'utf8').catch(() => undefined),
    close: () => rm(above, { recursive: true, force: true }),
  }
}

const authorization = `Basic ${Buffer.from('ledger:p@ss').toString('base64')}`

/** Takes what is put under `/of/this`, with a password and a token in the query, and gives it again. */
export const httpsForTest = async (): Promise<SinkForTest & { readonly held: Map<string, string> }> => {
  const { cert, key, caFile, remove } = await makeCertificate()
  const held = new Map<string, string>()
  const server = createServer({ cert, key }, async (request, response) => {
    const [, name, query] = /^\/of\/this\/([^/?]+)\?(.*)$/.exec(request.url ?? '') ?? []
    if (name === undefined || query !== 'token=t' || request.headers.authorization !== authorization)
      return void response.writeHead(403).end()
    if (request.method === 'PUT') {
      const text = Buffer.concat(await Array.fromAsync<Buffer>(request)).toString()
      held.set(name, text)
      return void response.writeHead(201).end()
    }
    response.writeHead(held.has(name) ? 200 : 404).end(held.get(name))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    env: { AUDIT_CHECKPOINT_SINK: `https://ledger:p%40ss@127.0.0.1:${port}/of/this/?token=t`, NODE_EXTRA_CA_CERTS: caFile },
    held,
    read: async (name) => held.get(name),
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
      remove()
    },
  }
}
