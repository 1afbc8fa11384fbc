import type { AppendResult } from '#event-store'
import type { Head } from './head-file.js'
import { asPortError } from './sqlite-error.js'
import type { LogWriter, PreparedAppend } from './write-log.js'

interface Waiting extends PromiseWithResolvers<AppendResult> {
  readonly append: PreparedAppend
}

export interface GroupCommit {
  append(append: PreparedAppend): Promise<AppendResult>
  /** Commits what waits, now. */
  flush(): void
}

/** One commit stops the process for about as long as these take to write; what waits beyond comes in the next round of the event loop. */
const eventsACommit = 500
const charactersACommit = 4 * 1024 * 1024

/**
 * Writes all appends that were asked for in one round of the event loop in one transaction, with one fsync. Each has its
 * own outcome, and none is told before the commit is on disk.
 *
 * @param committed called after each commit, before anybody is told, with the last event where any was written
 */
export const createGroupCommit = (writer: LogWriter, committed: (head: Head | undefined) => void): GroupCommit => {
  let queue: Waiting[] = []

  /** Everything in `group`, or nothing. */
  const transact = (group: readonly Waiting[]): AppendResult[] => {
    try {
      writer.begin()
      const results = group.map(({ append }) => writer.write(append))
      committed(writer.commit())
      return results
    } catch (error) {
      writer.rollback()
      throw error
    }
  }

  const settle = (group: readonly Waiting[]): void => {
    try {
      for (const [index, result] of transact(group).entries()) group[index]!.resolve(result)
    } catch (error) {
      const known = asPortError(error)
      // Trouble with the disk is everyone's. Otherwise one of them is at fault, and the others must not pay for it.
      if (known !== error || group.length === 1) for (const { reject } of group) reject(known)
      else for (const one of group) settle([one])
    }
  }

  const commitNext = (): void => {
    const group = takeGroup(queue)
    queue = queue.slice(group.length)
    if (queue.length > 0) setImmediate(commitNext)
    if (group.length === 0) return
    settle(group)
  }

  return {
    append: (append) => {
      if (queue.length === 0) setImmediate(commitNext)
      const waiting = { append, ...Promise.withResolvers<AppendResult>() }
      queue.push(waiting)
      return waiting.promise
    },
    flush: () => {
      while (queue.length > 0) commitNext()
    },
  }
}

const takeGroup = (queue: readonly Waiting[]): readonly Waiting[] => {
  let events = 0
  let characters = 0
  const end = queue.findIndex(({ append: { rows } }) => {
    const full = events > eventsACommit || characters > charactersACommit
    events += rows.length
    for (const { data, metadata } of rows) characters += data.length + metadata.length
    return full
  })
  return end < 0 ? queue : queue.slice(0, end)
}
