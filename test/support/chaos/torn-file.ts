import { isDeepStrictEqual } from 'node:util'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startService } from '../../../apps/service/src/start.js'
import type { RecordedEvent } from '#event-store'
import { openSqliteEventStore, StoreFileRefused } from '#event-store-sqlite'
import { application, callbackOf, openVendor } from '../../bench/load.js'
import { settingsFor } from '../program.js'
import { rollDice, type Dice } from '../../double/dice.js'
import { copyStore, wound } from './damage.js'

export interface TornFile {
  readonly seed: number
  /** Places of damage. */
  readonly places: number
  /** Every so manieth is shown to the whole service, the others to its store alone. */
  readonly wholeServiceEvery: number
}

interface Ledger {
  readonly name: string
  readonly folder: string
  readonly events: readonly RecordedEvent[]
}

const file = 'room-ledger.db'
const rooms = 12

const env = (folder: string) => ({
  ...settingsFor(folder, application),
  DATA_DIR: join(folder, 'derived'),
  EVENT_STORE_URL: `sqlite:${join(folder, file)}`,
  LOG_LEVEL: 'silent',
})

/**
 * Damages a ledger of acknowledged callbacks at random places, as a kill and as a good end leave it behind, and looks whether it
 * is refused with a message, or whole.
 */
export const tornFile = async ({ seed, places, wholeServiceEvery }: TornFile) => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-torn-'))
  const dice = rollDice(seed)
  const figures = { refused: 0, whole: 0, 'by the whole service': 0 }
  const violations: string[] = []
  const tellings = new Set<string>()
  try {
    const ledgers = await makeLedgers(folder)
    for (let place = 0; place < places; place += 1) {
      const ledger = ledgers[place % ledgers.length]!
      const byService = place % wholeServiceEvery === 0
      const { told, wrong, what } = await tryOne(folder, place, ledger, dice, byService)
      if (byService) figures['by the whole service'] += 1
      figures[told === undefined ? 'whole' : 'refused'] += 1
      if (told !== undefined) tellings.add(told)
      violations.push(...wrong.map((each) => `${ledger.name}, ${what}: ${each}`))
    }
    return { figures, violations, tellings: [...tellings] }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** One ledger, copied as it stands at three moments. */
const makeLedgers = async (folder: string): Promise<readonly Ledger[]> => {
  const live = join(folder, 'live')
  await mkdir(live)
  await writeFile(join(live, 'keys.json'), '[]')
  const service = await startService(env(live))
  const vendor = openVendor(service.url, 8)
  const acknowledged: string[] = []
  let n = 0
  const receive = async (count: number) => {
    for (const to = n + count; n < to; n += 1) {
      const { body } = callbackOf(rooms, n, 1_700_000_000_000)
      await vendor.send(body)
      acknowledged.push(JSON.stringify(body))
    }
  }
  const keep = async (name: string): Promise<Ledger> => {
    const kept = join(folder, name)
    await mkdir(kept)
    copyStore(join(live, file), join(kept, file))
    const events = readEvents(join(live, file))
    const facts = events.filter(isOfRoom)
    const bodies = new Set(facts.map(({ metadata }) => (metadata['callback'] as { body: string }).body))
    const lost = acknowledged.filter((body) => !bodies.has(body))
    if (lost.length > 0 || facts.length !== acknowledged.length)
      throw new Error(`${lost.length} acknowledged callbacks are missing unharmed`)
    return { name, folder: kept, events }
  }
  await receive(60)
  const inLog = await keep('killed, all in the write-ahead log')
  using other = new DatabaseSync(join(live, file))
  other.exec('PRAGMA wal_checkpoint(PASSIVE)')
  await receive(30)
  const halfWay = await keep('killed, half taken up')
  other.close()
  await receive(30)
  await vendor.close()
  await service.stop()
  return [inLog, halfWay, await keep('closed')]
}

/** The keys and checkpoints of the audit stand beside them. */
const isOfRoom = ({ stream }: RecordedEvent): boolean => stream.startsWith('room-')

const readEvents = (path: string): readonly RecordedEvent[] => {
  using db = new DatabaseSync(path, { readOnly: true })
  const rows = db.prepare('SELECT id, type, stream, revision, position, data, metadata FROM events ORDER BY position').all()
  return rows.map(
    ({ data, metadata, position, ...rest }) =>
      ({
        ...rest,
        position: BigInt(Number(position)),
        data: JSON.parse(String(data)),
        metadata: JSON.parse(String(metadata)),
      }) as RecordedEvent,
  )
}

const tryOne = async (folder: string, place: number, ledger: Ledger, dice: Dice, byService: boolean) => {
  const here = join(folder, `place-${place}`)
  await mkdir(here)
  await writeFile(join(here, 'keys.json'), '[]')
  copyStore(join(ledger.folder, file), join(here, file))
  const done = wound(here, dice)
  const what = `${done.kind} at ${done.at} of ${done.file}`
  try {
    const refusal = await (byService ? serviceRefuses(here) : storeRefuses(here))
    if (refusal === undefined) return { told: undefined, what, wrong: await wrongIn(join(here, file), ledger.events) }
    const wrong = refusal.message.includes(join(here, file)) ? [] : [`the refusal does not name the file: ${refusal.message}`]
    return { told: refusal.message.replaceAll(here, '').replace(/\d+/g, 'N'), what, wrong }
  } catch (error) {
    return { told: undefined, what, wrong: [`no refusal, but ${String(error)}`] }
  } finally {
    await rm(here, { recursive: true, force: true })
  }
}

const storeRefuses = async (folder: string): Promise<Error | undefined> => {
  try {
    await (await openSqliteEventStore(join(folder, file))).close()
    return undefined
  } catch (error) {
    if (error instanceof StoreFileRefused) return error
    throw error
  }
}

const serviceRefuses = async (folder: string): Promise<Error | undefined> => {
  const service = await startService(env(folder)).catch((error: Error) => error)
  if (service instanceof Error) return service
  try {
    const { status } = await fetch(`${service.url}/health/ready`)
    if (status !== 200 && status !== 503) throw new Error(`ready answered ${status}`)
    return undefined
  } finally {
    await service.stop()
  }
}

/** Reads it in each way there is, and writes on. */
const wrongIn = async (path: string, expected: readonly RecordedEvent[]): Promise<readonly string[]> => {
  const store = await openSqliteEventStore(path)
  try {
    const wrong: string[] = []
    // A service that has looked at it may have signed what it found.
    const found = (await Array.fromAsync(store.readAll())).slice(0, expected.length)
    if (!isDeepStrictEqual(found, expected)) wrong.push('the log is not what was acknowledged')
    const rooms = await Array.fromAsync(store.readAll({ prefixes: ['room-'] }))
    if (!isDeepStrictEqual(rooms, expected.filter(isOfRoom))) wrong.push('the rooms are not')
    for (const [stream, events] of Map.groupBy(expected.filter(isOfRoom), ({ stream }) => stream)) {
      if (!isDeepStrictEqual(await Array.fromAsync(store.readStream(stream)), events)) wrong.push(`${stream} is not`)
      const next = [{ id: crypto.randomUUID(), type: 'Noted', data: {}, metadata: {} }]
      const written = await store.append(stream, next, events.at(-1)!.revision)
      if (!written.ok) wrong.push(`${stream} cannot be written on`)
    }
    return wrong
  } finally {
    await store.close()
  }
}
