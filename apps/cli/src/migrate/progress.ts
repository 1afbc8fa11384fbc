import { SingleBar } from 'cli-progress'

/** One part of the work, as it is shown. */
export interface Step {
  advance(count?: number): void
  end(): void
}

/** @param total left out where nobody knows it */
export type BeginStep = (name: string, total?: number) => Step

/** Milliseconds between two lines. */
const linesEvery = 5_000

/**
 * A bar on a terminal, a line now and then anywhere else: on standard error, so that standard output holds the result alone.
 * @param what is counted
 */
export const createProgress = (stream: NodeJS.WriteStream, what = 'events'): BeginStep =>
  stream.isTTY ? bars(stream, what) : lines(stream, what)

const bars =
  (stream: NodeJS.WriteStream, what: string): BeginStep =>
  (name, total) => {
    const counted = total === undefined ? `{value} ${what}` : `[{bar}] {percentage}% | {value} of {total} ${what} | {eta_formatted} left`
    const format = `${name.padEnd(nameWidth)} ${counted}`
    // The terminal's wrapping stays as it is: whoever ends the program with Ctrl-C would be left without.
    const bar = new SingleBar({ stream, format, etaBuffer: 500, barsize: 30, linewrap: true })
    bar.start(total ?? 0, 0)
    return { advance: (count = 1) => bar.increment(count), end: () => bar.stop() }
  }

const nameWidth = 20

const lines =
  (stream: NodeJS.WritableStream, what: string): BeginStep =>
  (name, total) => {
    const began = performance.now()
    const of = total === undefined ? '' : ` of ${total}`
    let done = 0
    let saidAt = began
    const say = (now: number) => {
      saidAt = now
      const rate = Math.round((done * 1000) / Math.max(1, now - began))
      stream.write(`${name}: ${done}${of} ${what}, ${rate}/s\n`)
    }
    return {
      advance: (count = 1) => {
        done += count
        const now = performance.now()
        if (now - saidAt >= linesEvery) say(now)
      },
      end: () => say(performance.now()),
    }
  }
