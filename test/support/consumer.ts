import { existsSync } from 'node:fs'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect } from 'vitest'
import { codeOf, startForeign, type ForeignProgram } from './how-to.js'
import { eventually, type World } from './world.js'

export interface ConsumerOptions {
  readonly page: string
  /** Its name, which stands in its first line. */
  readonly file: string
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** The ids that it has handled, by its own books. */
  handled(folder: string): readonly string[]
}

/** The ids in a consumer's own database, in the order in which it wrote them down. */
export const idsIn =
  (database: string) =>
  (folder: string): readonly string[] => {
    const file = join(folder, database)
    if (!existsSync(file)) return []
    const db = new DatabaseSync(file, { readOnly: true, timeout: 5_000 })
    try {
      const table = db.prepare("SELECT 1 FROM sqlite_master WHERE name = 'events'").get()
      return table === undefined
        ? []
        : db
            .prepare('SELECT id FROM events ORDER BY rowid')
            .all()
            .map(({ id }) => String(id))
    } finally {
      db.close()
    }
  }

/** Facts about some rooms, one after another, each told until the service has taken it. */
const writer = (world: World, rooms: string) => {
  let written = 0
  return async (count: number): Promise<void> => {
    for (const end = written + count; written < end; written += 1) {
      const body = {
        CallbackCommand: 'Live.CallbackAfterUpdateRoomInfo',
        Operator_Account: 'anna',
        RoomInfo: { RoomId: `${rooms}-${written % 3}`, RoomName: `Name ${written} "with\\n\\n all\n\nsorts" – 房间` },
        EventTime: 1_774_546_156_000 + written,
      }
      await eventually(
        () =>
          world.callback(body).then(
            ({ status }) => status,
            () => 0,
          ),
        (status) => status === 200,
      )
    }
  }
}

/**
 * Takes a consumer out of its page and runs it as it stands there, while facts come in: it is killed and started again, and the
 * service is restarted under it. In the end it must have handled each event of the ledger, in the ledger's order.
 * @param rooms begins the names of the rooms, which nobody else uses.
 */
export const tryConsumer = async (world: World, rooms: string, { page, file, command, env, handled }: ConsumerOptions): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'room-ledger-consumer-'))
  await symlink(resolve('node_modules'), join(folder, 'node_modules'))
  await writeFile(join(folder, file), await codeOf(page, `${file}:`))
  const started: ForeignProgram[] = []
  const start = (): ForeignProgram => {
    const program = startForeign(command, [file], { cwd: folder, env })
    started.push(program)
    return program
  }
  const write = writer(world, rooms)
  const ledger = async () =>
    (await world.store.events('room-')).filter(({ stream }) => stream.startsWith(`room-${rooms}-`)).map(({ id }) => id)
  /** An event may come twice: it counts where it came first. Of a shared store, others' events are not our business. */
  const handledOf = (ids: readonly string[]) => [...new Set(handled(folder))].filter((id) => ids.includes(id))
  const follows = async (): Promise<void> => {
    const all = await ledger()
    await eventually(
      () => handledOf(all).length,
      (count) => count === all.length,
    )
  }

  try {
    await write(20)
    const first = start()
    await follows()
    const more = write(40)
    await eventually(() => handled(folder).length >= 30)
    await first.kill()
    await more
    await write(20)
    expect(handledOf(await ledger()).length).toBeLessThan(80)
    start()
    await follows()
    const meanwhile = write(40)
    await world.restart({ PORT: new URL(world.url).port })
    await meanwhile
    await follows()
    const all = await ledger()
    expect(all).toHaveLength(120)
    expect(handledOf(all)).toEqual(all)
  } catch (error) {
    throw new Error(`${(error as Error).message}\nThe consumer said:\n${started.map((one) => one.output()).join('\n--\n')}`, {
      cause: error,
    })
  } finally {
    await Promise.all(started.map((one) => one.kill()))
    await rm(folder, { recursive: true, force: true })
  }
}
