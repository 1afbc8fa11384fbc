import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import type { EventStore } from '#event-store'
import { openSqliteEventStore } from '#event-store-sqlite'
import type { Directory, Page } from '../../src/index.js'
import { openDirectory, type DirectoryOptions } from '../../src/index.js'

/** A folder that goes when the test is over. */
export const folderForTest = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'room-ledger-directory-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const storeForTest = async (path = join(folderForTest(), 'store.db')): Promise<EventStore> => {
  const store = await openSqliteEventStore(path)
  onTestFinished(() => store.close())
  return store
}

/** An index that follows the store; it stops when the test is over. */
export const following = async (
  store: EventStore,
  options: Partial<DirectoryOptions> = {},
): Promise<Directory & { readonly messages: readonly string[] }> => {
  const messages: string[] = []
  const file = options.file ?? join(folderForTest(), 'directory.db')
  const directory = await openDirectory({ store, file, log: (message) => void messages.push(message), ...options })
  onTestFinished(() => directory.stop())
  await directory.start()
  return { ...directory, messages }
}

/** Insists that the index has everything. */
export const caughtUp = async (directory: Directory): Promise<void> => expect(await directory.catchUp(10_000)).toBe(true)

export const itemsOf = <T>(page: Page<T>): readonly T[] => {
  if (!page.ok) throw new Error(page.problem)
  return page.items
}

/** Turns all pages. */
export const everyPage = <T>(ask: (cursor: string | undefined) => Page<T>): T[] => {
  const items: T[] = []
  let cursor: string | undefined
  do {
    const page = ask(cursor)
    items.push(...itemsOf(page))
    cursor = (page.ok && page.nextCursor) || undefined
  } while (cursor !== undefined)
  return items
}
