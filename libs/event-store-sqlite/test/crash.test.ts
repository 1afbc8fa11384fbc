import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { openSqliteEventStore } from '../src/index.js'
import { directoryForTest } from './temporary-directory.js'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** Starts a process that appends to the file until it is killed. Resolves once it has been promised the first ids. */
const startAppending = async (path: string) => {
  const child = spawn(process.execPath, [
    '--conditions=source',
    '--import',
    here('../../../test/support/run-typescript.mjs'),
    here('appending-child.ts'),
    path,
  ])
  let printed = ''
  let complaints = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text))
  const ended = once(child, 'close')
  await Promise.race([once(child.stdout, 'data'), ended])
  return async (): Promise<readonly string[]> => {
    child.kill('SIGKILL')
    const [, signal] = await ended
    if (signal !== 'SIGKILL') throw new Error(`the child ended by itself: ${complaints}`)
    // The last line may be cut off.
    return printed.split('\n').slice(0, -1)
  }
}

it('has every acknowledged event exactly once after its process was killed', { timeout: 60_000 }, async () => {
  const path = join(directoryForTest(), 'store.db')
  const acknowledged: string[] = []
  for (let round = 0; round < 5; round += 1) {
    const kill = await startAppending(path)
    await pause(Math.random() * 150)
    const ids = await kill()
    expect(ids.length).toBeGreaterThan(0)
    acknowledged.push(...ids)

    const store = await openSqliteEventStore(path)
    const found: string[] = []
    const revisions = new Map<string, number>()
    for await (const { id, stream, revision, position } of store.readAll()) {
      found.push(id)
      expect(position).toBe(BigInt(found.length))
      expect(revision).toBe((revisions.get(stream) ?? -1) + 1)
      revisions.set(stream, revision)
    }
    await store.close()
    const once = new Set(found)
    expect(once.size).toBe(found.length)
    expect(acknowledged.filter((id) => !once.has(id))).toEqual([])
  }
})

it('can be opened by the next process the moment the one before was killed', async () => {
  const path = join(directoryForTest(), 'store.db')
  const kill = await startAppending(path)
  await expect(openSqliteEventStore(path)).rejects.toMatchObject({ name: 'StoreFileRefused', reason: 'inUse' })
  await kill()
  const store = await openSqliteEventStore(path)
  expect(await store.head()).toBeGreaterThan(0n)
  await store.close()
})
