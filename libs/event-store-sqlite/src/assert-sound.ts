import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { headPath, readHead, type Head } from './head-file.js'
import { damaged } from './refused.js'
import { formatVersion, isIntended } from './schema.js'
import { findFlaw, findFlawAside, type Inspecting } from './soundness.js'
import { primaryCode } from './sqlite-error.js'

export interface Patience {
  /** Bytes: a file up to this size is looked through at once, without a thread of its own. */
  readonly atOnce: number
  /** Milliseconds that opening waits for the rest. */
  readonly waitMs: number
}

export const usualPatience: Patience = { atOnce: 32 * 1024 * 1024, waitMs: 10_000 }

/**
 * Looks whether the file holds each event that was promised, as it was written. Not a byte of it is changed: what SQLite
 * would mend by leaving out the end is evidence, or can still be saved.
 *
 * @param format of the file
 * @returns a search that has found nothing so far and goes on, where the file is too large to wait for its end
 * @throws StoreFileRefused `damaged`
 */
export const assertSound = async (path: string, format: number, patience = usualPatience): Promise<Inspecting | undefined> => {
  const head = readHead(path)
  if (head === 'damaged')
    throw damaged(headPath(path), `it does not say how far ${path} has to reach. If that is known to be whole, delete this one`)
  const flaw = flawInReach(path, format, head)
  if (flaw) throw damaged(path, flaw)

  const inspection = { path, unchecked: format < formatVersion }
  if (inspection.unchecked || sizeOf(path) + sizeOf(`${path}-wal`) <= patience.atOnce) {
    const found = findFlaw(inspection)
    if (found !== undefined) throw damaged(path, found)
    return undefined
  }
  const aside = findFlawAside(inspection)
  const given = new AbortController()
  const found = await Promise.race([
    aside.flaw,
    pause(patience.waitMs, 'goes on' as const, { signal: given.signal, ref: true }).catch(() => undefined),
  ])
  if (found === 'goes on') {
    aside.stayBehind()
    return aside
  }
  given.abort()
  if (found !== undefined) throw damaged(path, found)
  return undefined
}

/** A file that is gone, or cut down to nothing, must not be taken for one that is still to be made. */
export const assertNothingPromised = (path: string): void => {
  const head = readHead(path)
  if (head === 'absent' || (head !== 'damaged' && head.position === 0)) return
  const promised = head === 'damaged' ? 'events' : `${head.position} events`
  throw damaged(path, `there is nothing in it, but ${headPath(path)} tells of ${promised}. To begin anew, delete that file too`)
}

const flawInReach = (path: string, format: number, head: Head | 'absent' | 'damaged'): string | undefined => {
  try {
    using db = new DatabaseSync(path, { readOnly: true })
    const sql = db.prepare("SELECT sql FROM sqlite_schema WHERE name = 'events'").get()?.['sql']
    if (!isIntended(String(sql), format))
      return sql === undefined ? 'its table of events is missing' : 'its table of events is not as it was made'
    if (typeof head === 'string' || head.position === 0) return undefined
    const last = Number(db.prepare('SELECT max(position) AS last FROM events').get()?.['last'] ?? 0)
    if (last < head.position) return `it ends at position ${last}, but events up to ${head.position} were acknowledged (${headPath(path)})`
    const found = db.prepare('SELECT checksum FROM events WHERE position = ?').get(head.position)?.['checksum']
    return found === head.checksum
      ? undefined
      : `the event at position ${head.position} is not the one that was acknowledged (${headPath(path)})`
  } catch (error) {
    // Anything but access denied: the header, the schema or the first pages make no sense.
    if ([3, 5, 6, 14, 23].includes(primaryCode(error) ?? 0)) throw error
    return (error as Error).message
  }
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0
