import { parse } from 'lossless-json'

/** JSON of the vendor. An integer that a number would round (beyond 2^53) is the text of its digits. */
export type VendorJson = null | boolean | number | string | readonly VendorJson[] | VendorObject
export type VendorObject = { readonly [key: string]: VendorJson }

export type ParsedVendorJson = { readonly ok: true; readonly value: VendorObject } | { readonly ok: false; readonly problem: string }

/** Deeper than anything the vendor sends, and shallow enough for whatever walks through it later. */
const deepest = 64

/**
 * Parses a body of the vendor without losing anything: a bare `144115216631667826` stays itself.
 *
 * Refused, as a value: what is not valid UTF-8 (a byte order mark is tolerated) or not JSON, a top level that is no object,
 * nesting deeper than 64, and a key that comes twice in one object, since two readers would read two things.
 * `__proto__` is a key like any other.
 */
export const parseVendorJson = (body: string | Uint8Array): ParsedVendorJson => {
  const text = typeof body === 'string' ? body.replace(/^\uFEFF/, '') : decode(body)
  if (text === undefined) return { ok: false, problem: 'not valid UTF-8' }
  if (text.trim() === '') return { ok: false, problem: 'empty' }
  const { members, depth } = measure(text)
  if (depth > deepest) return { ok: false, problem: `nested deeper than ${deepest}` }
  const value = parseText(text)
  if (value === undefined) return { ok: false, problem: 'not JSON, or a key comes twice' }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { ok: false, problem: 'not a JSON object' }
  // The parser lets a repeated key pass when both values are equal.
  if (countMembers(value) !== members) return { ok: false, problem: 'a key comes twice' }
  return { ok: true, value: value as VendorObject }
}

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const parseText = (text: string): unknown => {
  try {
    return parse(text, undefined, { parseNumber: toNumberOrDigits })
  } catch {
    return undefined
  }
}

const toNumberOrDigits = (literal: string): number | string => {
  const value = Number(literal)
  return /^-?\d+$/.test(literal) && !Number.isSafeInteger(value) ? literal : value
}

/** Counts the members written in all objects, and how deep they nest. Right for valid JSON; anything else fails to parse anyway. */
const measure = (text: string): { members: number; depth: number } => {
  let members = 0
  let depth = 0
  let level = 0
  let inText = false
  for (let i = 0; i < text.length; i += 1) {
    const char = text[i]
    if (inText) {
      if (char === '\\') i += 1
      else if (char === '"') inText = false
    } else if (char === '"') inText = true
    else if (char === ':') members += 1
    else if (char === '{' || char === '[') depth = Math.max(depth, (level += 1))
    else if (char === '}' || char === ']') level -= 1
  }
  return { members, depth }
}

const countMembers = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const inside = Object.values(value).reduce<number>((sum, item) => sum + countMembers(item), 0)
  return Array.isArray(value) ? inside : inside + Object.keys(value).length
}
