import { request, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { createSseParser, type SseMessage } from './sse-parser.js'

export type { SseMessage } from './sse-parser.js'

export interface SseOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** Where an earlier line broke off. */
  readonly lastEventId?: string | undefined
  /** So many bytes of the body are taken, then the line is cut, be it in the middle of an event. */
  readonly cutAfterBytes?: number | undefined
  readonly onMessage?: (message: SseMessage) => void
  readonly onHeartbeat?: (comment: string) => void
}

/** One open line. Its last event id is what the next one has to begin with. */
export interface SseLine {
  lastEventId(): string | undefined
  /** Whether the line broke off within an event. */
  brokeWithin(): boolean
  /** From now on nothing is read: the sender gets rid of as much as the network's buffers take. */
  stopReading(): void
  readOn(): void
  cut(): void
  /** Resolves when the line has ended, whoever ended it. */
  readonly ended: Promise<void>
}

/** An answer that is no stream. */
export class SseRefused extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(`the stream was refused: ${status} ${body}`)
  }
}

/**
 * Opens a stream of server-sent events, as a browser's EventSource does, without its reconnecting.
 * @throws SseRefused for any other answer; the connection's own error when there is none
 */
export const openSse = async (url: string, options: SseOptions = {}): Promise<SseLine> => {
  const { headers = {}, lastEventId, cutAfterBytes = Infinity, onMessage = () => undefined, onHeartbeat } = options
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, {
      headers: { Accept: 'text/event-stream', ...(lastEventId !== undefined && { 'Last-Event-ID': lastEventId }), ...headers },
      agent: false,
    })
    sent.once('response', resolve).once('error', reject).end()
  })
  if (answer.statusCode !== 200 || answer.headers['content-type']?.startsWith('text/event-stream') !== true)
    throw new SseRefused(answer.statusCode!, await text(answer))

  const parser = createSseParser({ lastEventId, onMessage, ...(onHeartbeat && { onComment: onHeartbeat }) })
  const decoder = new TextDecoder()
  let left = cutAfterBytes
  // After a cut nothing counts, though a piece may still be on its way to us.
  answer.on('data', (chunk: Buffer) => {
    if (left <= 0) return
    parser.feed(decoder.decode(left < chunk.length ? chunk.subarray(0, left) : chunk, { stream: true }))
    left -= chunk.length
    if (left <= 0) answer.destroy()
  })
  answer.on('error', () => undefined)
  return {
    lastEventId: parser.lastEventId,
    brokeWithin: parser.isWithin,
    stopReading: () => void answer.pause(),
    readOn: () => void answer.resume(),
    cut: () => {
      left = 0
      answer.destroy()
    },
    ended: new Promise((resolve) => answer.once('close', resolve)),
  }
}
