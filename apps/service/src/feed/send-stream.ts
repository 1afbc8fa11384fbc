import { once } from 'node:events'
import type { FastifyReply } from 'fastify'
import { counter, Problem, type Authenticated } from '#platform'

/** What is handed to the connection at once: whoever takes so much within the patience is slow, not gone. */
const pieceBytes = 64 * 1024
export interface StreamOptions {
  /** A subscriber who takes nothing for so long is dropped; the last id he has read leads him back. Milliseconds, default 30,000. */
  readonly patienceMs?: number
  /** A credential that is taken back, or expires, ends what it began, so many milliseconds later at the most. Default 15,000. */
  readonly looksAgainMs?: number
  /** Subscribers at a time: each costs a connection, some buffers and a share of every round. Default 5,000. */
  readonly most?: number
  /** Told why a stream was broken off that had begun. */
  readonly onBroken?: (error: unknown) => void
}

const ended = counter('room_ledger_feed_streams_total', 'Event streams by how they ended', ['end'])

/** Sends event streams, each at the pace of its reader. */
export const createStreams = ({ patienceMs = 30_000, looksAgainMs = 15_000, most = 5_000, onBroken }: StreamOptions = {}) => {
  let open = 0
  return {
    open: (): number => open,
    /**
     * Takes the answer over and sends the text until it ends, the client goes, loses its credential, or takes nothing for too long.
     * @throws Problem 503 when there are too many of them; the answer is then still to be given.
     */
    send: async (request: Authenticated, reply: FastifyReply, follow: (gone: AbortSignal) => AsyncIterable<Buffer>): Promise<void> => {
      // Asked for nothing but the headers, it would wait for an end that never comes.
      if (request.method === 'HEAD') return void reply.headers(streamHeaders).send()
      if (open >= most) throw new Problem({ type: 'overloaded', detail: `${most} event streams are open: no more are taken.` })
      open += 1
      const { raw } = reply.hijack()
      const gone = new AbortController()
      raw.once('close', () => gone.abort())
      // It may have gone while its place was looked for.
      if (raw.destroyed) gone.abort()
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
        // It ends with its connection: without the frame of a chunk, all subscribers are sent the same bytes in one write each.
        raw.removeHeader('Transfer-Encoding')
        raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...streamHeaders })
        for await (const bytes of follow(gone.signal)) if (!(await write(bytes))) break
        if (!gone.signal.aborted) end = 'service'
        raw.end()
      } catch (error) {
        end = 'failed'
        // The answer has begun: it can only be broken off. The client comes again, and is told then.
        raw.destroy()
        onBroken?.(error)
      } finally {
        open -= 1
        clearInterval(looking)
        ended.inc({ end })
      }

      async function write(bytes: Buffer): Promise<boolean> {
        for (let from = 0; from < bytes.length; from += pieceBytes) {
          if (gone.signal.aborted) return false
          if (raw.write(bytes.subarray(from, from + pieceBytes))) continue
          const slow = setTimeout(() => {
            leave('slow')
            raw.destroy()
          }, patienceMs)
          await once(raw, 'drain', { signal: gone.signal }).catch(() => undefined)
          clearTimeout(slow)
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
