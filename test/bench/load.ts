import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { signCallback } from '#live-engine/wire'

export const application = { sdkAppId: 1400000000, adminAccount: 'administrator', secretKey: 'ab'.repeat(32), token: 'a-callback-token' }

/** The n-th callback of a run: every room is made, then given away again and again. */
export const callbackOf = (rooms: number, n: number, startedAt: number) => {
  const roomId = `bench-${startedAt.toString(36)}-${n % rooms}`
  const round = Math.floor(n / rooms)
  const owner = `owner-${round}`
  const common = { Operator_Account: 'anna', EventTime: startedAt + n }
  const RoomInfo = { RoomId: roomId, RoomName: `Room ${n}`, RoomType: 'Live', Owner_Account: owner, MaxMemberCount: 50, Category: [1, 2] }
  const body =
    round === 0
      ? { CallbackCommand: 'Live.CallbackAfterCreateRoom', ...common, RoomInfo }
      : {
          CallbackCommand: 'Live.CallbackAfterChangeOwner',
          ...common,
          RoomId: roomId,
          OriginalOwner_Account: `owner-${round - 1}`,
          CurrentOwner_Account: owner,
        }
  return { roomId, body }
}

/** Calls `work` for each number, so many at a time. @returns seconds, and how long each call took in milliseconds, sorted. */
export const atOnce = async (from: number, to: number, callers: number, work: (n: number) => Promise<void>) => {
  const took: number[] = []
  let next = from
  const begun = performance.now()
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (let n = next++; n < to; n = next++) {
        const at = performance.now()
        await work(n)
        took.push(performance.now() - at)
      }
    }),
  )
  return { seconds: (performance.now() - begun) / 1000, took: took.toSorted((a, b) => a - b) }
}

/** Calls `work` so often a second, whether or not the calls before have ended. @returns how long each took in milliseconds, sorted. */
export const atRate = async (rate: number, seconds: number, work: () => Promise<void>): Promise<number[]> => {
  const took: number[] = []
  const pending: Promise<void>[] = []
  const begun = performance.now()
  const one = async (): Promise<void> => {
    const at = performance.now()
    await work()
    took.push(performance.now() - at)
  }
  for (let due = 0; due < rate * seconds;) {
    for (const now = ((performance.now() - begun) / 1000) * rate; due < now && due < rate * seconds; due += 1) pending.push(one())
    await delay(1)
  }
  await Promise.all(pending)
  return took.toSorted((a, b) => a - b)
}

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Sends callbacks over so many kept connections, as the vendor does. */
export const openVendor = (serviceUrl: string, connections: number) => {
  const pool = new Pool(serviceUrl, { connections, pipelining: 1 })
  const requestTime = String(Math.floor(Date.now() / 1000))
  let sign = { requestTime, text: signCallback(application.token, requestTime) }
  return {
    /** @returns the position of what it was recorded as */
    send: async (body: { readonly CallbackCommand: string }): Promise<string> => {
      const now = String(Math.floor(Date.now() / 1000))
      if (sign.requestTime !== now) sign = { requestTime: now, text: signCallback(application.token, now) }
      const path = `/callbacks/live?SdkAppid=${application.sdkAppId}&CallbackCommand=${body.CallbackCommand}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=Android&RequestTime=${now}&Sign=${sign.text}`
      const answer = await pool.request({
        method: 'POST',
        path,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const text = await answer.body.text()
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode}: ${text}`)
      return String(answer.headers['ledger-position'])
    },
    close: () => pool.close(),
  }
}
