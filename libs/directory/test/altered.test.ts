import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { caughtUp, folderForTest, following, itemsOf, storeForTest } from './support/open.js'
import { created, record, roomEvent } from './support/room-events.js'

const rooms = ['r1', 'r2', 'r3']

const given = async () => {
  const store = await storeForTest()
  for (const id of rooms) await record(store, id, roomEvent(created(id, 'anna', { roomName: `name of ${id}` }), 0))
  const file = join(folderForTest(), 'directory.db')
  const directory = await following(store, { file })
  await caughtUp(directory)
  const answer = itemsOf(directory.listRooms({ limit: 10 }))
  await directory.stop()
  return { store, file, answer }
}

it('given an index of which a bit was altered between two starts, anywhere, then it is rebuilt, says so, and answers as before', async () => {
  const { store, file, answer } = await given()
  const whole = readFileSync(file)
  const sealText = readFileSync(`${file}-seal`)
  for (let place = 0; place < 25; place += 1) {
    const altered = Buffer.from(whole)
    altered[Math.floor((place / 25) * whole.length)]! ^= 1 << (place % 8)
    writeFileSync(file, altered)
    writeFileSync(`${file}-seal`, sealText)
    const directory = await following(store, { file })
    await caughtUp(directory)
    expect(itemsOf(directory.listRooms({ limit: 10 }))).toEqual(answer)
    expect(directory.messages).toEqual([expect.stringMatching(/directory\.db .*it is rebuilt from the log/)])
    await directory.stop()
  }
})

it('given an index that was closed well, when it is opened, then its seal is off until it is closed again', async () => {
  const { store, file } = await given()
  const directory = await following(store, { file })
  expect(existsSync(`${file}-seal`)).toBe(false)
  await directory.stop()
  expect(existsSync(`${file}-seal`)).toBe(true)
  expect(directory.messages).toEqual([])
})

it('given an index without a seal, as after a kill, when it is opened, then it is used if it is sound', async () => {
  const { store, file, answer } = await given()
  rmSync(`${file}-seal`)
  const directory = await following(store, { file })
  expect(itemsOf(directory.listRooms({ limit: 10 }))).toEqual(answer)
  expect(directory.messages).toEqual([])
})
