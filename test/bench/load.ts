import { Pool } from 'undici'
import { signCallback } from '#live-engine/wire'

export const application = { sdkAppId: 1400000000, adminAccount: 'administrator', secretKey: 'ab'.repeat(32), token: 'a-callback-token' }

/** The n-th callback of a run: every room is made, then given away again and again. */
export const callbackOf = (rooms: number, n: number, startedAt: number) => {
  const RoomId = `bench-${startedAt.toString(36)}-${n % rooms}`
  const round = Math.floor(n / rooms)
  const EventTime = startedAt + n
  const CallbackCommand = round === 0 ? 'Live.CallbackAfterCreateRoom' : 'Live.CallbackAfterChangeOwner'
  const Owner_Account = `owner-${round}`
  const common = { CallbackCommand, Operator_Account: 'anna', EventTime }
  return round === 0
    ? { ...common, RoomInfo: { RoomId, RoomName: `Room ${n}`, RoomType: 'Live', Owner_Account, MaxMemberCount: 50, Category: [1, 2] } }
    : { ...common, RoomId, OriginalOwner_Account: `owner-${round - 1}`, CurrentOwner_Account: Owner_Account }
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

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

/** Sends callbacks over so many kept connections, as the vendor does. */
export const openVendor = (serviceUrl: string, connections: number) => {
  const pool = new Pool(serviceUrl, { connections, pipelining: 1 })
  const requestTime = String(Math.floor(Date.now() / 1000))
  let sign = { requestTime, text: signCallback(application.token, requestTime) }
  return {
    send: async (body: ReturnType<typeof callbackOf>): Promise<void> => {
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
    },
    close: () => pool.close(),
  }
}
