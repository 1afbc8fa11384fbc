import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { appendOk, collect, event, numbersOf, within } from '../../event-store/test/store-fixture.js'
import { aDouble } from './support.js'

const { store: openStore } = aDouble()
const inTests = (path: string) => fileURLToPath(new URL(`../../../test/${path}`, import.meta.url))

it('given a double in a process of its own, then two stores share it, and a signal ends it', async () => {
  const run = ['--conditions=source', '--experimental-transform-types', '--import', inTests('support/run-typescript.mjs')]
  const child = spawn(process.execPath, [...run, inTests('double/main.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await within(20_000, 'its address', once(child.stdout.setEncoding('utf8'), 'data'))) as [string]
  const server = { url: line.trim() }
  const [one, other] = [await openStore(server), await openStore(server)]
  await appendOk(one, 'room-1', [event(1)], 'noStream')
  await appendOk(other, 'room-1', [event(2)], 0)
  expect(numbersOf(await collect(one.readStream('room-1')))).toEqual([1, 2])
  child.kill('SIGTERM')
  expect(await within(5_000, 'its end', once(child, 'close'))).toEqual([0, null])
})
