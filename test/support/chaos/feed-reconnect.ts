import { setTimeout as delay } from 'node:timers/promises'
import type { RecordedEvent } from '#event-store'
import { rollDice } from '../../double/dice.js'
import { openTestStore, readLogOf } from '../test-store.js'
import { clientsOf } from './clients.js'
import { errorsIn } from './errors-in.js'
import { differences } from './feed-judge.js'
import { allPages, pageThrough, subscribe, type Cut, type FeedReader, type Taken } from './feed-readers.js'
import { createField, type Field } from './field.js'
import { runLoad } from './load.js'
import { spawnInstance, type Spawned } from './spawned.js'

export interface FeedReconnect {
  readonly build: string
  readonly seed: number
  /** How often each reader comes again at a moment that the dice choose. */
  readonly reconnects: number
  /** How often the service is ended meanwhile, by SIGKILL or SIGTERM. */
  readonly restarts: number
  /** Longest life of the service between them, in milliseconds. */
  readonly livesMs: number
}

const wanted = ['OwnerChanged', 'RoomUpdateRequested', 'RequestAccepted']

/** Readers that are cut at random moments, and a service that is ended and started again, while writers write. */
export const feedReconnect = async ({ build, seed, reconnects, restarts, livesMs }: FeedReconnect) => {
  const roll = rollDice(seed)
  const field = await createField()
  const store = await openTestStore(field.folder)
  const clients = clientsOf(field)
  const ends: string[] = []
  const said: string[] = []
  let instance: Spawned | undefined
  let readers: Readonly<Record<string, FeedReader>> = {}
  let over = false
  try {
    instance = await spawnInstance(field, build, 'one', store.url)
    const before = (await readLogOf(store.url, 'room-')).length
    const { cursor: after } = (await clients.get('/v1/events?after=now')).body as { cursor: string }
    const watched = `${field.run}-watched`
    const reader = (query: object) => ({ service: field.next, secret: field.secret, query: { after, ...query } })
    readers = {
      'one who wants all': subscribe(reader({}), cuts(rollDice(seed + 101), reconnects)),
      'one who wants some types': subscribe(reader({ types: wanted.join() }), cuts(rollDice(seed + 102), reconnects)),
      'one who wants one room': subscribe(reader({ roomId: watched }), cuts(rollDice(seed + 103), reconnects)),
      'one who turns pages': pageThrough(reader({}), pageCuts(rollDice(seed + 104))),
    }
    const writing = [
      runLoad(field, clients, { seed, deeds: Infinity, before: async () => (await delay(150), !over) }),
      tellOf(watched, clients, () => over),
    ]
    for (let restart = 0; restart < restarts; restart += 1) {
      await delay((0.3 + 0.7 * roll()) * livesMs)
      ends.push(...(await endedBy(field, instance, roll() < 0.5 ? 'SIGKILL' : 'SIGTERM')))
      said.push(instance.program.output())
      instance = await spawnInstance(field, build, 'one', store.url)
    }
    const cut = () => Object.values(readers).every(({ figures, strange }) => figures.cut >= reconnects || strange.length > 0)
    for (const deadline = Date.now() + reconnects * 2000; !cut() && Date.now() < deadline;) await delay(50)
    over = true
    await Promise.all(writing)

    const { ledger, pages } = await atRest(store.url, before, () => allPages(reader({})))
    const expectedOf = (log: readonly RecordedEvent[]): Readonly<Record<string, readonly RecordedEvent[]>> => ({
      'one who wants all': log,
      'one who wants some types': log.filter(({ type }) => wanted.includes(type)),
      'one who wants one room': log.filter(({ stream }) => stream === `room-${watched}`),
      'one who turns pages': log,
    })
    const expected = expectedOf(ledger)
    const complete = () => Object.entries(readers).every(([name, { taken }]) => taken.length >= expected[name]!.length)
    for (const deadline = Date.now() + 10_000; !complete() && Date.now() < deadline;) await delay(50)
    // Something that comes twice may come late.
    await delay(300)
    await Promise.all(Object.values(readers).map((each) => each.stop()))
    // The service may have found something out by itself since: who was still there has been given that too.
    const later = expectedOf((await readLogOf(store.url, 'room-')).slice(before))
    const givenTo = (name: string, taken: readonly Taken[]) => later[name]!.slice(0, Math.max(taken.length, expected[name]!.length))
    const all = readers['one who wants all']!.taken.map(({ cursor }) => cursor)
    return {
      violations: [
        ...ends,
        ...Object.entries(readers).flatMap(([name, { taken, strange, figures }]) => [
          ...strange.map((each) => `${name}: ${each}`),
          ...differences(name, taken, givenTo(name, taken)),
          ...(figures.cut >= reconnects ? [] : [`${name} was cut ${figures.cut} times only`]),
        ]),
        ...differences('pages at the end', pages, ledger),
        ...(pages.some(({ cursor }, index) => cursor !== all[index]) ? ['a page and the stream have different cursors for one event'] : []),
        ...[...said, instance.program.output()].flatMap(errorsIn),
        ...instance.complaints(),
      ],
      figures: {
        restarts,
        events: ledger.length,
        'of some types': expected['one who wants some types']!.length,
        'of one room': expected['one who wants one room']!.length,
        ...Object.fromEntries(
          Object.entries(readers).map(([name, { figures }]) => [
            name,
            `came ${figures.came}, cut ${figures.cut}, within ${figures.within}`,
          ]),
        ),
      },
    }
  } finally {
    over = true
    await Promise.all(Object.values(readers).map((each) => each.stop()))
    instance?.program.kill('SIGKILL')
    await instance?.program.ended
    await field.close()
    await store.close()
  }
}

/** Half of the lines break after some bytes, the others after some time. */
const cuts = (roll: () => number, times: number): (() => Cut | undefined) => {
  let left = times
  return () => {
    if (left <= 0) return undefined
    left -= 1
    return roll() < 0.5 ? { bytes: 1 + Math.floor(roll() * 8000), ms: 1500 } : { bytes: Infinity, ms: roll() * 600 }
  }
}

/** Half of the pages are given up after some time, if they have not come, and some of them are short. */
const pageCuts =
  (roll: () => number): (() => Cut | undefined) =>
  () =>
    roll() < 0.5 ? { bytes: 1 + Math.floor(roll() * 40), ms: roll() * 20 } : undefined

/** One room of which something is told all the time. */
const tellOf = async (RoomId: string, { callback }: ReturnType<typeof clientsOf>, isOver: () => boolean): Promise<void> => {
  for (let n = 0; !isOver(); n += 1) {
    const RoomInfo = { RoomId, RoomName: `Größe ${n} 🎤` }
    const body = { CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo', Operator_Account: 'erik', EventTime: Date.now(), RoomInfo }
    await callback(body)
    await delay(30)
  }
}

/** Ends an instance. @returns what was wrong with its end */
const endedBy = async (field: Field, { url, program }: Spawned, signal: 'SIGKILL' | 'SIGTERM'): Promise<string[]> => {
  const begun = performance.now()
  program.kill(signal)
  const { code } = await program.ended
  field.instances.splice(field.instances.indexOf(url), 1)
  const seconds = (performance.now() - begun) / 1000
  return signal === 'SIGKILL' || (code === 0 && seconds < 10)
    ? []
    : [`with open streams SIGTERM ended it with ${code} after ${seconds.toFixed(1)} s: ${program.output().slice(-2000)}`]
}

/** The ledger and what is made of it, once nothing more is written. */
const atRest = async <T>(url: string, before: number, read: () => Promise<T>): Promise<{ ledger: readonly RecordedEvent[]; pages: T }> => {
  for (const deadline = Date.now() + 60_000; ;) {
    const pages = await read()
    const ledger = (await readLogOf(url, 'room-')).slice(before)
    await delay(1500)
    const still = (await readLogOf(url, 'room-')).length === before + ledger.length
    if (still || Date.now() > deadline) return { pages, ledger }
  }
}
