import { isSafeNumber } from 'lossless-json'
import { isNaturalKey } from './natural-keys.js'

/** What is wrong with a JSON text that parses, and where, e.g. `category[2]`. */
export interface JsonFlaw {
  readonly place: string
  readonly message: string
}

/** Deeper than any body of ours, and shallow enough for whatever walks through it later. */
const deepest = 32
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|[{}[\],:]/g

interface Level {
  /** Undefined in an array. */
  readonly keys: Set<string> | undefined
  awaitsKey: boolean
  key: string
  index: number
}

/**
 * Finds what `JSON.parse` passes over in silence: a key that comes twice, a number that would lose digits, half a surrogate
 * pair, a key that objects have by nature (`__proto__`, `constructor`, …), nesting beyond 32.
 * @param text valid JSON.
 */
export const findJsonFlaw = (text: string): JsonFlaw | undefined => {
  const levels: Level[] = []
  for (const [found] of text.matchAll(token)) {
    const level = levels.at(-1)
    if (found === '{' || found === '[') {
      if (levels.length === deepest) return { place: placeOf(levels), message: `nests deeper than ${deepest} levels` }
      levels.push({ keys: found === '{' ? new Set() : undefined, awaitsKey: found === '{', key: '', index: 0 })
    } else if (found === '}' || found === ']') levels.pop()
    else if (found === ',' && level) {
      level.index += 1
      level.awaitsKey = level.keys !== undefined
    } else if (found !== ':') {
      const message = level?.awaitsKey ? takeKey(level, found) : judgeValue(found)
      if (message) return { place: placeOf(levels), message }
    }
  }
  return undefined
}

/** @returns what is wrong with the key. */
const takeKey = (level: Level, found: string): string | undefined => {
  const key = JSON.parse(found) as string
  level.key = key
  level.awaitsKey = false
  if (level.keys?.has(key)) return 'comes twice'
  level.keys?.add(key)
  return isNaturalKey(key) ? 'is not known here' : undefined
}

const judgeValue = (found: string): string | undefined => {
  if (!found.startsWith('"')) return isSafeNumber(found) ? undefined : 'is a number that would lose digits; send it as text'
  return found.includes('\\u') && !(JSON.parse(found) as string).isWellFormed() ? 'holds half a surrogate pair' : undefined
}

const placeOf = (levels: readonly Level[]): string =>
  levels.reduce((place, { keys, key, index }) => (keys ? `${place}${place && '.'}${key.slice(0, 80)}` : `${place}[${index}]`), '') || 'body'
