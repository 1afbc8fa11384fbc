import type { EmittedEvent, ReadEmittedOptions } from '#projections'
import type { RecordedEvent } from '#event-store'
import type { Reader } from '../read.js'

/** Which entries are shown: those of the epoch a projection is in. */
export interface Epochs {
  /** Epoch of the projection with that number; nothing for one that is none of ours. */
  of(projectionId: number): Promise<number | undefined>
}

/**
 * The server hides what an earlier epoch emitted only when it writes to that stream again, and in a stream that the new
 * epoch leaves out, never. So it is told here, by the mark that the server puts on each entry.
 * A reading that meets a rebuild ends there: it never shows entries of two epochs.
 */
export async function* readEmitted(
  reader: Reader,
  epochs: Epochs,
  stream: string,
  { direction = 'forwards', from, limit = Infinity }: ReadEmittedOptions = {},
): AsyncGenerator<EmittedEvent> {
  let shown: number | undefined
  let next = from
  for (let left = limit; left > 0;) {
    let seen = 0
    const asked = left
    for await (const event of reader.stream(stream, {
      direction,
      ...(next !== undefined && { from: next }),
      ...(asked !== Infinity && { limit: asked }),
    })) {
      seen += 1
      next = event.revision + (direction === 'forwards' ? 1 : -1)
      const mark = markOf(event.metadata['$v'])
      const epoch = mark && (shown ?? (await epochs.of(mark.projectionId)))
      if (!mark || epoch === undefined) continue
      if (mark.epoch < epoch) {
        if (direction === 'backwards') return
        continue
      }
      if (shown !== undefined && mark.epoch > shown) return
      shown = mark.epoch
      left -= 1
      yield toEmitted(event)
    }
    if (seen < asked || next! < 0) return
  }
}

/** Without the position, and without the marks that only the server needs. */
const toEmitted = ({ stream, revision, id, type, data, metadata }: RecordedEvent): EmittedEvent => {
  const { $v: _mark, $s: _sources, ...rest } = metadata
  return { stream, revision, id, type, data, metadata: rest }
}

/** `projection:epoch:version:…`, as the server marks what a projection emits. */
export const markOf = (text: unknown): { readonly projectionId: number; readonly epoch: number } | undefined => {
  const [, projectionId, epoch] = /^(\d+):(-?\d+):/.exec(typeof text === 'string' ? text : '') ?? []
  return projectionId === undefined ? undefined : { projectionId: Number(projectionId), epoch: Number(epoch) }
}
