import type { LogRecord } from './record.js'

/** What a `$$` stream says about its stream, as far as the double heeds it. */
export interface StreamMetadata {
  readonly maxCount?: number
  /** Revisions below are gone for readers. */
  readonly truncateBefore?: bigint
  /** Seconds. */
  readonly maxAge?: number
  readonly acl?: Readonly<Record<string, string | readonly string[]>>
}

/** `$tb` of a soft-deleted stream. */
export const deletedMark = 9_223_372_036_854_775_807n

export const isMetastream = (stream: string): boolean => stream.startsWith('$$')
export const metastreamOf = (stream: string): string => `$$${stream}`
export const originalOf = (metastream: string): string => metastream.slice(2)

/** Numbers are read without losing digits, since the mark of a deleted stream is greater than a JSON number can say. */
export const parseMetadata = (record: LogRecord | undefined): StreamMetadata => {
  if (!record) return {}
  const text = Buffer.from(record.data).toString('utf8')
  let parsed: Record<string, unknown>
  try {
    parsed = JSON.parse(text) as Record<string, unknown>
  } catch {
    return {}
  }
  const truncateBefore = /"\$tb"\s*:\s*(\d+)/.exec(text)?.[1]
  return {
    ...(typeof parsed['$maxCount'] === 'number' && { maxCount: parsed['$maxCount'] }),
    ...(typeof parsed['$maxAge'] === 'number' && { maxAge: parsed['$maxAge'] }),
    ...(truncateBefore !== undefined && { truncateBefore: BigInt(truncateBefore) }),
    ...(typeof parsed['$acl'] === 'object' && parsed['$acl'] !== null && { acl: parsed['$acl'] as NonNullable<StreamMetadata['acl']> }),
  }
}

/** The same metadata with another `$tb`: what the server writes when a soft-deleted stream is written to again. */
export const withTruncateBefore = (record: LogRecord | undefined, truncateBefore: number): Uint8Array => {
  const kept = record ? (JSON.parse(Buffer.from(record.data).toString('utf8')) as object) : {}
  return Buffer.from(JSON.stringify({ ...kept, $tb: truncateBefore }))
}

/** First revision that a reader may see. */
export const firstVisible = ({ maxCount, truncateBefore = 0n }: StreamMetadata, head: number): number =>
  Math.max(0, maxCount === undefined ? 0 : head - maxCount + 1, Number(truncateBefore))
