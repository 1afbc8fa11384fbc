import type { RecordedEvent } from '#event-store'
import { canonicalText } from './digest-log.js'

/** Where two logs part. One side is missing where its log ends there. */
export interface Difference {
  readonly source: RecordedEvent | undefined
  readonly target: RecordedEvent | undefined
}

export interface Comparison {
  /** How many events from the beginning are the same in both. */
  readonly common: number
  /** Position of the last of them in the source; -1n where there is none. */
  readonly position: bigint
  readonly difference: Difference | undefined
}

/** Walks through two logs side by side, up to the first place where they are not the same. */
export const compareLogs = async (
  source: AsyncIterable<RecordedEvent>,
  target: AsyncIterable<RecordedEvent>,
  passed: () => void = () => undefined,
): Promise<Comparison> => {
  const [ours, theirs] = [source[Symbol.asyncIterator](), target[Symbol.asyncIterator]()]
  let common = 0
  let position = -1n
  try {
    for (;;) {
      const [one, other] = await Promise.all([ours.next(), theirs.next()])
      if (one.done && other.done) return { common, position, difference: undefined }
      const difference = { source: one.done ? undefined : one.value, target: other.done ? undefined : other.value }
      if (!difference.source || !difference.target || canonicalText(difference.source) !== canonicalText(difference.target))
        return { common, position, difference }
      common += 1
      position = difference.source.position
      passed()
    }
  } finally {
    await Promise.all([ours.return?.(), theirs.return?.()])
  }
}

/** What is to be read of a difference, without the events' content: that may be personal. */
export const describeDifference = (common: number, { source, target }: Difference): string => {
  const place = `Event ${common + 1} of the log`
  if (!source) return `${place}: the target has ${name(target!)}, where the source has ended.`
  if (!target) return `${place}: the target has ended, where the source has ${name(source)}.`
  const fields = (['stream', 'revision', 'id', 'type', 'data', 'metadata'] as const).filter(
    (field) => canonicalText({ ...source, [field]: target[field] }) !== canonicalText(source),
  )
  return `${place}: the source has ${name(source)}, the target ${name(target)} (different: ${fields.join(', ')}).`
}

const name = ({ stream, revision, id, type }: RecordedEvent): string => `${type} ${id}, ${stream} revision ${revision}`
