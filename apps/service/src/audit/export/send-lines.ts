import { once } from 'node:events'
import { setImmediate as pause } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '#platform'

export interface SendLinesOptions {
  /** Ends what is under way, as broken off. */
  readonly stopping: AbortSignal
  /** Whoever takes nothing for so long is gone. Milliseconds, default 60,000. */
  readonly patienceMs?: number
  /** At a time: each reads the whole log. Default 8. */
  readonly most?: number
  /** Told why an answer was broken off that had begun. */
  readonly onBroken?: (error: unknown) => void
}

/** Characters that are handed to the connection at once. */
const piece = 64 * 1024

/** Sends answers of any length line by line, at the pace of the reader: what has not gone out yet is not made yet. */
export const createLineSender = ({ stopping, patienceMs = 60_000, most = 8, onBroken }: SendLinesOptions) => {
  let open = 0
  return {
    open: (): number => open,
    /**
     * An answer that cannot be ended is cut off, never ended: whoever reads it learns that it is a part.
     * @throws Problem 503 when there are too many; the answer is then still to be given.
     */
    send: async (
      request: Pick<FastifyRequest, 'method'>,
      reply: FastifyReply,
      lines: AsyncGenerator<string>,
      headers: Readonly<Record<string, string>>,
    ): Promise<void> => {
      if (request.method === 'HEAD') {
        await lines.return(undefined)
        return void reply.headers(headers).send()
      }
      if (open >= most) {
        await lines.return(undefined)
        throw new Problem({ type: 'overloaded', detail: `${most} exports are under way: no more are taken.`, retryAfter: 10 })
      }
      open += 1
      const { raw } = reply.hijack()
      const gone = new AbortController()
      raw.once('close', () => gone.abort())
      if (raw.destroyed) gone.abort()
      const ended = AbortSignal.any([gone.signal, stopping])
      try {
        raw.writeHead(200, { ...(reply.getHeaders() as Record<string, string>), ...headers })
        let held = ''
        for await (const line of lines) {
          held += line
          if (held.length < piece) continue
          await write(held)
          held = ''
        }
        await write(held)
        raw.end()
      } catch (error) {
        raw.destroy()
        if (!ended.aborted) onBroken?.(error)
      } finally {
        open -= 1
      }

      async function write(text: string): Promise<void> {
        ended.throwIfAborted()
        if (raw.write(text)) return pause()
        const slow = setTimeout(() => gone.abort(new Error('nothing was taken for too long')), patienceMs)
        await once(raw, 'drain', { signal: ended }).finally(() => clearTimeout(slow))
      }
    },
  }
}
export type LineSender = ReturnType<typeof createLineSender>
