import { randomUUID } from 'node:crypto'
import { inheritedFrom } from '../../../libs/projections/src/engine/inherited.js'
import type { ResultEmission } from '../../../libs/projections/src/engine/results.js'
import { toJson } from '../../../libs/projections/src/engine/state-json.js'
import type { Log } from '../log/log.js'
import type { Proposed } from '../log/record.js'
import type { Fed } from './source.js'

export interface Emitter {
  /** @throws Error where somebody else has written into a stream that this projection emits to */
  write(cause: Fed, emissions: readonly ResultEmission[]): void
}

/** Type, data and whether it is JSON; links are bare text on the server. */
const bodyOf = (log: Log, { type, data, linkToLast }: ResultEmission): Pick<Proposed, 'type' | 'data' | 'isJson'> => {
  if (linkToLast !== undefined) return { type, data: Buffer.from(`${log.stream(linkToLast).length - 1}@${linkToLast}`), isJson: false }
  const isLink = type === '$>' || type === '$@'
  return { type, data: Buffer.from(isLink ? String(JSON.parse(data)) : data), isJson: !isLink }
}

/**
 * Writes what one epoch of a projection emits. The first event that it writes to a stream truncates what an earlier
 * epoch left there.
 *
 * @param mark `$v` of everything that is written: number, epoch and version of the projection
 */
export const createEmitter = (
  log: Log,
  mark: { readonly projectionId: number; readonly epoch: number; readonly version: number },
): Emitter => {
  const ownHeads = new Map<string, number>()
  const $v = `${mark.projectionId}:${mark.epoch}:${mark.version}:4`

  const take = (stream: string): void => {
    const head = log.stream(stream).length - 1
    const own = ownHeads.get(stream)
    if (own === undefined) {
      const last = log.stream(stream).at(-1)
      const continued = last !== undefined && markIn(last.metadata)?.startsWith(`${mark.projectionId}:${mark.epoch}:`)
      if (last && markIn(last.metadata)?.startsWith(`${mark.projectionId}:`) !== true) throw foreign(stream, mark.projectionId)
      if (!continued) writeMetadata(stream, head + 1)
    } else if (own !== head) throw foreign(stream, mark.projectionId)
  }
  const writeMetadata = (stream: string, truncateBefore: number): void => {
    const data = Buffer.from(JSON.stringify({ ...(truncateBefore > 0 && { $tb: truncateBefore }), $acl: {} }))
    log.append(`$$${stream}`, [{ id: randomUUID(), type: '$metadata', isJson: true, data, metadata: new Uint8Array() }], 'any')
  }

  return {
    write: (cause, emissions) => {
      for (const emission of emissions) {
        const { stream, metadata, causeless } = emission
        take(stream)
        const body = bodyOf(log, emission)
        const told = causeless ? {} : { ...inheritedFrom(cause.event.metadata), ...metadata, $causedBy: cause.event.id }
        const about = Buffer.from(toJson('emitted metadata', { $v, ...cause.mark, ...told }))
        log.append(stream, [{ id: randomUUID(), ...body, metadata: about }], 'any')
        ownHeads.set(stream, log.stream(stream).length - 1)
      }
    },
  }
}

const foreign = (stream: string, projectionId: number): Error =>
  new Error(`The '${stream}' stream managed by projection ${projectionId} has been written to from the outside.`)

const markIn = (metadata: Uint8Array): string | undefined => {
  try {
    const { $v } = JSON.parse(Buffer.from(metadata).toString('utf8')) as { $v?: unknown }
    return typeof $v === 'string' ? $v : undefined
  } catch {
    return undefined
  }
}
