import type { Readable } from 'node:stream'
import type { AllStreamSubscription, ResolvedEvent, StreamingRead } from '@eventstore/db-client'

type Call = StreamingRead<ResolvedEvent> | AllStreamSubscription

/** The server neither sent anything nor broke off, for too long. */
export class Stalled extends Error {
  /** gRPC: deadline exceeded. */
  readonly code = 4
}

/**
 * Makes one call, iterates over its answers, and ends it whenever the iteration ends. The client gives reads no deadline
 * of its own, so a server that stands still would be waited for without end.
 *
 * @param silence milliseconds to wait for the next answer; left out for a call that may be silent
 */
export async function* drain<T>(open: () => Call, ended: AbortSignal, silence?: number): AsyncGenerator<T> {
  const opened = open()
  // It is one; the client's types only say it in an older way.
  const call = opened as unknown as Readable
  const stop = (why?: Error) => void call.destroy(why)
  let over = false
  let source: Readable | undefined
  // The client keeps each call until its source has come to its end, and waits for that when it is disposed of: so the
  // rest of what nobody reads any more has to flow off.
  const flowOff = () => source?.unpipe().resume()
  call.on('pipe', (from: Readable) => {
    source = from
    if (over) flowOff()
  })
  // A failure after the iteration has ended would otherwise end the process.
  call.on('error', () => undefined)
  let quiet = 0
  let held = false
  const timer = silence && setInterval(() => !held && (quiet += 1) > 4 && stop(new Stalled('no answer in time')), silence / 4)
  const leave = () => {
    clearInterval(timer)
    ended.removeEventListener('abort', end)
    // An error here belongs to a call that nobody wants any more.
    void ('cancel' in opened ? opened.cancel() : opened.unsubscribe()).catch(() => undefined)
    over = true
    flowOff()
  }
  // Whoever abandoned the iteration never comes back to let `finally` run.
  const end = () => {
    stop()
    leave()
  }
  ended.addEventListener('abort', end)
  if (ended.aborted) end()
  try {
    for await (const item of call as AsyncIterable<T>) {
      held = true
      yield item
      held = false
      quiet = 0
    }
  } finally {
    leave()
  }
}
