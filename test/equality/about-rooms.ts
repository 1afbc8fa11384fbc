import type { EventStore, EventToAppend } from '#event-store'
import type { ProjectionDefinition } from '#projections'
import { apart } from '../../libs/event-store-esdb/test/projections/apart.js'
import type { Question, Remove } from './answer.js'
import type { Room } from './corpus.js'

/** Asks what one of the ledger's projections makes of these rooms. */
export const aboutRooms = (ledgers: ProjectionDefinition, rooms: readonly Room[]) => {
  const { definition, streamOf, outputOf } = apart(ledgers)
  const seenLater = (room: Room): boolean => room.removed?.seen === false
  const untilRemoved = ({ events, removed }: Room): readonly EventToAppend[] => events.slice(0, removed?.after)

  const write = (store: EventStore, some: readonly Room[]): Promise<unknown> =>
    Promise.all(
      some.map(async (room) => {
        const times = room.appendedTwice ? 2 : 1
        for (const [n, event] of untilRemoved(room).entries())
          for (let time = 0; time < times; time += 1) {
            const written = await store.append(streamOf(room.id), [event], n === 0 ? 'noStream' : n - 1)
            if (!written.ok || written.revision !== n) throw new Error(`${room.what}: event ${n} did not go to its place`)
          }
      }),
    )
  const remove = async (some: readonly Room[], removed: Remove): Promise<void> => {
    for (const room of some) if (room.removed) await removed(streamOf(room.id), room.removed.how)
  }
  const writeOn = async (store: EventStore): Promise<void> => {
    for (const room of rooms)
      for (const event of room.events.slice(untilRemoved(room).length)) await store.append(streamOf(room.id), [event], 'any')
  }

  const early = rooms.filter(seenLater)
  const others = rooms.filter((room) => !seenLater(room))
  const question: Question = {
    definition,
    before: async (store, removed) => {
      await write(store, early)
      await remove(early, removed)
    },
    steps: [
      async (store) => void (await write(store, others)),
      async (store, removed) => {
        await remove(others, removed)
        await writeOn(store)
      },
    ],
    unseen: new Set(early.flatMap((room) => untilRemoved(room).map(({ id }) => id))),
    outputs: rooms.map(({ id }) => outputOf(id)),
    partitions: rooms.map(({ id }) => streamOf(id)),
  }
  return { question, streamOf, outputOf }
}
