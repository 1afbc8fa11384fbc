import { randomBytes, randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startService } from '../../apps/service/src/start.js'
import type { EventToAppend, RecordedEvent } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import { application, callbackOf, openVendor } from '../bench/load.js'
import { settingsFor } from './program.js'
import { readLogOf } from './test-store.js'

/** Appends that are asked for at a time: the store writes them in commits of 500. */
const atATime = 2_000

/**
 * Writes a store of many events as the service would have written them had it been sent that many callbacks: each room is
 * made, then given away again and again.
 * @param folder for what the service leaves while it is shown to us; removed afterwards
 */
export const writeManyEvents = async (options: {
  readonly file: string
  readonly folder: string
  readonly count: number
  readonly rooms: number
  readonly startedAt: number
}): Promise<void> => {
  const { file, folder, count, rooms, startedAt } = options
  const make = makerOf(await samplesIn(folder))
  const store = await openSqliteEventStore(file)
  try {
    for (let from = 0; from < count; from += atATime) {
      const numbers = Array.from({ length: Math.min(atATime, count - from) }, (_, index) => from + index)
      await Promise.all(
        numbers.map((n) => {
          const { roomId, body } = callbackOf(rooms, n, startedAt)
          const revision = Math.floor(n / rooms) - 1
          return store.append(`room-${roomId}`, [make(roomId, body, startedAt + n)], revision < 0 ? 'noStream' : revision)
        }),
      )
    }
  } finally {
    await store.close()
  }
}

/** What the service makes of a room that is created and given away. */
const samplesIn = async (folder: string): Promise<readonly RecordedEvent[]> => {
  const here = join(folder, 'samples')
  await mkdir(here, { recursive: true })
  await writeFile(join(here, 'keys.json'), '[]')
  const url = `sqlite:${join(here, 'room-ledger.db')}`
  const service = await startService({ ...settingsFor(here, application), EVENT_STORE_URL: url, LOG_LEVEL: 'silent' })
  const vendor = openVendor(service.url, 1)
  for (let n = 0; n < 2; n += 1) await vendor.send(callbackOf(1, n, Date.now()).body)
  await vendor.close()
  await service.stop()
  const samples = await readLogOf(url, 'room-')
  await rm(here, { recursive: true, force: true })
  return samples
}

/** The samples with another room, callback and time in their place. */
const makerOf = (samples: readonly RecordedEvent[]) => {
  const [created, given] = samples
  if (created?.type !== 'RoomCreated' || given?.type !== 'OwnerChanged') throw new Error('the service made something else of the samples')
  const roomOf = String(created.data['roomId'])
  const texts = [created, given].map(({ data }) => JSON.stringify(data))
  return (roomId: string, body: ReturnType<typeof callbackOf>['body'], at: number): EventToAppend => {
    const sample = 'RoomInfo' in body ? created : given
    const text = texts[sample === created ? 0 : 1]!.replaceAll(roomOf, roomId)
    const owners = 'RoomInfo' in body ? {} : { from: body.OriginalOwner_Account, to: body.CurrentOwner_Account }
    const time = new Date(at).toISOString()
    const callback = { ...(sample.metadata['callback'] as object), body: JSON.stringify(body) }
    return {
      id: randomUUID(),
      type: sample.type,
      data: { ...JSON.parse(text), ...owners },
      metadata: { ...sample.metadata, occurredAt: time, recordedAt: time, salt: randomBytes(32).toString('base64'), callback },
    }
  }
}
