import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import { counter, Problem, type Authenticated } from '#platform'

/** A subscriber who takes nothing for so long is dropped; the last id it has read leads it back. */
const patienceMs = 30_000
/** What is handed to the connection at once: whoever takes so much within the patience is slow, not gone. */
const pieceBytes = 64 * 1024
/** A credential that is taken back, or expires, ends what it began, so many milliseconds later at the most. */
const looksAgainMs = 15_000
/** Subscribers at a time. Each costs a connection, some buffers and a share of every round. */
const most = 5_000

const ended = counter('room_ledger_feed_streams_total', 'Event streams by how they ended', ['end'])

/** Sends event streams, each at the pace of its reader. */
export const createStreams = () => {
  let open = 0
  return {
    open: (): number => open,
    /**
     * Takes the answer over and sends the text until it ends, the client goes, or takes nothing for 30 s.
     * @throws Problem 503 when there are too many of them; the answer is then still to be given.
     */
    send: async (request: Authenticated, reply: FastifyReply, follow: (gone: AbortSignal) => AsyncIterable<Buffer>): Promise<void> => {
      if (open >= most) throw new Problem({ type: 'overloaded', detail: `${most} event streams are open: no more are taken.` })
      open += 1
      const { raw } = reply.hijack()
      const gone = new AbortController()
      raw.once('close', () => gone.abort())
      let end = 'client'
      const leave = (why: string): void => {
        end = why
        gone.abort()
      }
      const looking = setInterval(() => {
        // That nobody can be asked for the moment (503) takes nothing back.
        request.authenticateAgain?.().catch((error: unknown) => error instanceof Problem && error.status < 500 && leave('credential'))
      }, looksAgainMs)
      try {
        raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...streamHeaders })
        for await (const bytes of follow(gone.signal)) if (!(await write(bytes))) break
        if (!gone.signal.aborted) end = 'service'
        raw.end()
      } catch (error) {
        end = 'failed'
        // The answer has begun: it can only be broken off. The client comes again, and is told then.
        raw.destroy()
        reply.log.error({ err: error }, 'an event stream was broken off')
      } finally {
        open -= 1
        clearInterval(looking)
        ended.inc({ end })
      }

      async function write(bytes: Buffer): Promise<boolean> {
        for (let from = 0; from < bytes.length; from += pieceBytes) {
          if (gone.signal.aborted) return false
          if (raw.write(bytes.subarray(from, from + pieceBytes))) continue
          const patience = AbortSignal.any([gone.signal, AbortSignal.timeout(patienceMs)])
          await once(raw, 'drain', { signal: patience }).catch(() => undefined)
          if (raw.writableNeedDrain && !gone.signal.aborted) {
            leave('slow')
            raw.destroy()
          }
        }
        return !gone.signal.aborted
      }
    },
  }
}
export type Streams = ReturnType<typeof createStreams>

const streamHeaders = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  'Cache-Control': 'no-store, no-transform',
  // nginx would collect what it passes on.
  'X-Accel-Buffering': 'no',
  // A stream that ends has nothing to follow it, and must not keep the service from stopping.
  Connection: 'close',
}
