import { randomUUID } from 'node:crypto'
import type { Log } from '../log/log.js'

/** What the server writes down about a projection each time that something of it changes. */
export interface Kept {
  readonly query: string
  readonly emitEnabled: boolean
  readonly enabled: boolean
  readonly deleted: boolean
  /** -1 until the first reset; then the version that the reset made. */
  readonly epoch: number
  /** One more with each change. */
  readonly version: number
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/** Fields that are false are left out, as the server does. */
export const writeKept = (log: Log, name: string, { query, emitEnabled, enabled, deleted, epoch, version }: Kept): void => {
  const data = {
    handlerType: 'JS',
    query,
    mode: 'Continuous',
    ...(enabled && { enabled }),
    ...(deleted && { deleted }),
    ...(emitEnabled && { emitEnabled }),
    epoch,
    version,
    runAs: { name: '$system' },
    projectionSubsystemVersion: 4,
  }
  const event = { id: randomUUID(), type: '$ProjectionUpdated', isJson: true, data: json(data), metadata: new Uint8Array() }
  log.append(`$projections-${name}`, [event], 'any')
}

const addToList = (log: Log, type: string, text: string): number => {
  const event = { id: randomUUID(), type, isJson: false, data: Buffer.from(text), metadata: new Uint8Array() }
  const written = log.append('$projections-$all', [event], 'any')
  return written.kind === 'written' ? written.revision : -1
}

/** @returns the projection's number: the place of its name in the server's list */
export const writeCreated = (log: Log, name: string): number => addToList(log, '$ProjectionCreated', name)

/** How the server's list begins. */
export const writeInitialized = (log: Log): void => void addToList(log, '$ProjectionsInitialized', '')
