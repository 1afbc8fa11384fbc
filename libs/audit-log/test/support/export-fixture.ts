import { createPrivateKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto'
import type { EventStore, JsonObject, RecordedEvent } from '#event-store'
import {
  checkpointBody,
  createGrowingTree,
  hashLeaf,
  inclusionProof,
  leafOf,
  linesOf,
  readTrust,
  rootAt,
  signNote,
  verifierOf,
  verifyExport,
  writeNdjson,
  type ExportFilter,
  type ExportSource,
  type Signer,
  type Trust,
  type Verdict,
} from '../../src/index.js'
import { createPublicKey } from 'node:crypto'

export const origin = 'ledger.example/1'

export const newKey = (): KeyObject => createPrivateKey(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }))
export const signerOf = (privateKey: KeyObject, name = origin): Signer => ({ name, privateKey })
export const vkeyOfSigner = ({ name, privateKey }: Signer): string => verifierOf(name, createPublicKey(privateKey)).vkey

/** An event as the service writes it; its id and salt follow from its number. */
export const eventNo = (n: number, stream: string, revision: number, more: Partial<RecordedEvent> = {}): RecordedEvent => {
  const digits = hash('sha256', `event ${n}`, 'hex')
  const at = new Date(1_700_000_000_000 + n * 1000).toISOString()
  return {
    id: `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-8${digits.slice(17, 20)}-${digits.slice(20, 32)}`,
    stream,
    revision,
    type: 'OwnerChanged',
    data: { roomId: stream.slice(5), from: `account-${n}`, to: `account-${n + 1}` },
    position: BigInt(n),
    ...more,
    metadata: {
      schema: 1,
      occurredAt: at,
      recordedAt: at,
      salt: hash('sha256', `salt ${n}`, 'base64'),
      source: 'callback',
      timeSource: 'eventTime',
      actor: { kind: 'account', id: `account-${n}` },
      ...(more.metadata as JsonObject | undefined),
    },
  }
}

/** So many events of so many rooms, in turn. */
export const eventsOf = (count: number, rooms = 3): RecordedEvent[] =>
  Array.from({ length: count }, (_, n) => eventNo(n, `room-r${n % rooms}`, Math.floor(n / rooms)))

/** A ledger that holds these events, all under its tree. */
export interface Ledger extends ExportSource {
  readonly signer: Signer
  readonly size: number
  checkpoint(size?: number): string
  /** Its export as text. @param options `sealed: false` leaves the seal away */
  export(filter?: ExportFilter, options?: { readonly size?: number; readonly sealed?: boolean; readonly after?: string }): Promise<string>
  verify(text: string | Buffer, options?: { readonly trust?: Trust; readonly old?: string }): Promise<Verdict>
}

export const ledgerOf = (events: readonly RecordedEvent[], signer = signerOf(newKey())): Ledger => {
  const nodes: Buffer[] = []
  const readNode = (place: number): Buffer => nodes[place]!
  const tree = createGrowingTree(0, readNode)
  const hashes = events.map((event) => hashLeaf(leafOf(event).leaf))
  for (const leafHash of hashes) nodes.push(...tree.append(leafHash).nodes)
  const places = new Map(events.map(({ id }, index) => [id, index]))
  const store: Pick<EventStore, 'readAll' | 'readStream'> = {
    readAll: async function* () {
      yield* events
    },
    readStream: async function* (stream) {
      yield* events.filter((event) => event.stream === stream)
    },
  }
  const source: ExportSource = {
    store,
    log: {
      indexOf: (id) => places.get(id),
      leafHash: (index) => hashes[index]!,
      inclusion: (index, size) => inclusionProof(index, size, readNode),
    },
  }
  const checkpoint = (size = events.length): string =>
    signNote(checkpointBody({ origin: signer.name, size, root: rootAt(size, readNode) }), signer)
  return {
    ...source,
    signer,
    size: events.length,
    checkpoint,
    export: async (filter = {}, { size = events.length, sealed = true, after } = {}) => {
      const request = { filter, checkpoint: { size, origin: signer.name, note: checkpoint(size) }, after, ...(sealed && { signer }) }
      return (await Array.fromAsync(writeNdjson(source, request))).join('')
    },
    verify: (text, { trust = trusting(signer), ...options } = {}) => verifyExport(linesOf(inPieces(text)), { trust, ...options }),
  }
}

export const trusting = (signer: Signer, statements: readonly string[] = []): Trust => {
  const read = readTrust(vkeyOfSigner(signer), statements)
  if (!read.ok) throw new Error(read.why)
  return read.trust
}

/** In pieces of odd sizes, as a file or a connection may give them. */
export async function* inPieces(text: string | Buffer, size = 1000): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text as string)
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size)
}
