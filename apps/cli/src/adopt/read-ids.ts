import { readFileSync } from 'node:fs'
import { AdoptionRefused } from './refused.js'

/** The vendor's limit, in bytes of UTF-8 (tc 647/63401). */
const longestRoomId = 48
const mostShown = 20

/**
 * Reads room ids, one a line; blank lines and lines that begin with `#` are passed over, and what comes twice counts once.
 * @throws AdoptionRefused naming the lines that hold no room id
 */
export const readIds = (file: string): readonly string[] => {
  const ids = new Set<string>()
  const bad: string[] = []
  for (const [index, line] of linesOf(file).entries()) {
    const id = line.trim()
    if (id === '' || id.startsWith('#')) continue
    const flaw = flawOf(id)
    if (flaw === undefined) ids.add(id)
    else bad.push(`  line ${index + 1}: ${shown(id)} ${flaw}`)
  }
  if (bad.length === 0) return [...ids]
  const more = bad.length > mostShown ? [`  and ${bad.length - mostShown} more`] : []
  throw new AdoptionRefused(
    [`${file}: not every line holds a room id, so nothing was begun.`, ...bad.slice(0, mostShown), ...more].join('\n'),
  )
}

const linesOf = (file: string): readonly string[] => {
  try {
    // A byte order mark in front is no part of the text; bytes that are no UTF-8 would name other rooms.
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)).split(/\r?\n/)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is no text in UTF-8' : code
    throw new AdoptionRefused(`${file} cannot be read (${why})`, { cause: error })
  }
}

const flawOf = (id: string): string | undefined => {
  if (/\p{Cc}/u.test(id)) return 'holds control characters'
  const bytes = Buffer.byteLength(id)
  return bytes > longestRoomId ? `has ${bytes} bytes; the vendor allows ${longestRoomId}` : undefined
}

const shown = (id: string): string => JSON.stringify(id.length > 60 ? `${id.slice(0, 60)}…` : id)
