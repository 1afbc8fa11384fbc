import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'

/** Stands before a vendor and takes its time, so that calls that are under way together are seen to be. */
export const createSlowVendor = async (slowMs: number) => {
  const underWay = new Map<string, number>()
  const calls: { readonly roomId: string; readonly command: string; readonly together: number }[] = []
  let target = ''
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request)
      const { RoomId, RoomInfo } = JSON.parse(body) as { RoomId?: string; RoomInfo?: { RoomId: string } }
      const roomId = RoomId ?? RoomInfo?.RoomId ?? ''
      const together = (underWay.get(roomId) ?? 0) + 1
      underWay.set(roomId, together)
      calls.push({ roomId, command: new URL(request.url!, target).pathname.split('/').at(-1)!, together })
      await pause(slowMs)
      const answer = await fetch(target + request.url!, { method: 'POST', body })
      underWay.set(roomId, underWay.get(roomId)! - 1)
      response.writeHead(answer.status, { 'Content-Type': 'application/json' }).end(await answer.text())
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Whose answers it hands on. */
    standsBefore: (url: string): void => void (target = url),
    /** Calls in the order in which they came; `together` = how many of that room were under way then, this one included. */
    callsOf: (roomId: string) => calls.filter((call) => call.roomId === roomId),
    close: (): Promise<unknown> => {
      server.closeAllConnections()
      return once(server.close(), 'close')
    },
  }
}
