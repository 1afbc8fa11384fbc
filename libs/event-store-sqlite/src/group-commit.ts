import type { AppendResult } from '#event-store'
import { StoreUnavailable } from '#event-store'
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

/** What may wait for the disk; beyond that an append is refused at once. One alone is always taken. */
export interface QueueLimits {
  readonly appends: number
  /** Of data and metadata, as JSON. */
  readonly characters: number
}

export const usualQueue: QueueLimits = { appends: 10_000, characters: 32 * 1024 * 1024 }

/**
 * Writes all appends that were asked for in one round of the event loop in one transaction, with one fsync. Each has its
 * own outcome, and none is told before the commit is on disk.
 *
 * @param committed called after each commit, before anybody is told, with the last event where any was written
 */
export const createGroupCommit = (writer: LogWriter, committed: (head: Head | undefined) => void, limits = usualQueue): GroupCommit => {
  let queue: Waiting[] = []
  let characters = 0

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
    for (const { append } of group) characters -= charactersOf(append)
    if (queue.length > 0) setImmediate(commitNext)
    if (group.length === 0) return
    settle(group)
  }

  return {
    append: async (append) => {
      const more = charactersOf(append)
      if (queue.length >= limits.appends || (queue.length > 0 && characters + more > limits.characters))
        throw new StoreUnavailable('SQLite store: more waits to be written than the disk takes')
      if (queue.length === 0) setImmediate(commitNext)
      characters += more
      const waiting = { append, ...Promise.withResolvers<AppendResult>() }
      queue.push(waiting)
      return waiting.promise
    },
    flush: () => {
      while (queue.length > 0) commitNext()
    },
  }
}

const charactersOf = ({ rows }: PreparedAppend): number => rows.reduce((sum, { data, metadata }) => sum + data.length + metadata.length, 0)

const takeGroup = (queue: readonly Waiting[]): readonly Waiting[] => {
  let events = 0
  let characters = 0
  const end = queue.findIndex(({ append }) => {
    const full = events > eventsACommit || characters > charactersACommit
    events += append.rows.length
    characters += charactersOf(append)
    return full
  })
  return end < 0 ? queue : queue.slice(0, end)
}
