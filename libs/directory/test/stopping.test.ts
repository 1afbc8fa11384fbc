import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, vi } from 'vitest'
import { openDirectory } from '../src/index.js'
import { folderForTest, following, storeForTest } from './support/open.js'

const anHour = 3_600_000

describe('stopping', () => {
  it('given somebody who waits for what will not come, when the index stops, then the wait is over at once', async () => {
    const store = await storeForTest()
    const directory = await following(store)
    const waiting = directory.waitFor((await store.head()) + 9n, anHour)
    await directory.stop()
    expect(await waiting).toBe(false)
  })

  it('given a stopped index, when it is waited for, then the answer comes at once', async () => {
    const store = await storeForTest()
    const directory = await following(store)
    await directory.stop()
    expect(await directory.waitFor((await store.head()) + 9n, anHour)).toBe(false)
  })

  it('given a batch that hangs at the store, when the index stops, then those who wait are free before it ends', async () => {
    const store = await storeForTest()
    let letGo = (): void => {}
    const hanging = new Promise<readonly never[]>((resolve) => (letGo = () => resolve([])))
    const directory = await following({
      ...store,
      async *subscribe() {
        yield* await hanging
      },
    })
    const waiting = directory.waitFor(9n, anHour)
    const stopped = directory.stop()
    expect(await waiting).toBe(false)
    letGo()
    await stopped
  })

  it('given a rebuild that could not make the file, when the index stops, then it stops', async () => {
    const store = await storeForTest()
    const file = join(folderForTest(), 'directory.db')
    const directory = await openDirectory({ store, file })
    rmSync(file)
    mkdirSync(file)
    await expect(directory.rebuild()).rejects.toThrow()
    await directory.stop()
    await expect(directory.stop()).resolves.toBeUndefined()
  })

  it('given tables that cannot be made, when the index is opened, then it fails and leaves no file open', async () => {
    const store = await storeForTest()
    const opened: DatabaseSync[] = []
    const exec = vi.spyOn(DatabaseSync.prototype, 'exec').mockImplementation(function (this: DatabaseSync, sql: string) {
      opened.push(this)
      if (sql.startsWith('BEGIN')) throw new Error('the disk is full')
    })
    try {
      await expect(openDirectory({ store, file: join(folderForTest(), 'directory.db') })).rejects.toThrow('the disk is full')
    } finally {
      exec.mockRestore()
    }
    expect(opened.map(({ isOpen }) => isOpen)).toEqual([false, false])
  })
})
