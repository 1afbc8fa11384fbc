/** A handler, transform or partition function out of a projection's text. */
export type ProjectionFunction = (...args: unknown[]) => unknown

/** Where events come from. */
export type QuerySource =
  | { readonly kind: 'all' }
  | { readonly kind: 'categories'; readonly names: readonly string[] }
  | { readonly kind: 'streams'; readonly names: readonly string[] }

export type Transform = { readonly kind: 'transform' | 'filter'; readonly call: ProjectionFunction }

/** What the definition phase of a projection's text asked for. */
export interface Query {
  readonly source: QuerySource
  readonly partitioning:
    { readonly kind: 'none' } | { readonly kind: 'stream' } | { readonly kind: 'custom'; readonly call: ProjectionFunction }
  readonly handlers: ReadonlyMap<string, ProjectionFunction>
  readonly any: ProjectionFunction | undefined
  readonly init: ProjectionFunction | undefined
  readonly created: readonly ProjectionFunction[]
  readonly outputState: boolean
  readonly transforms: readonly Transform[]
}

/** The category of a stream name: what stands before its first `-`; `null` when there is none. */
export const categoryOf = (stream: string): string | null => {
  const dash = stream.indexOf('-')
  return dash < 0 ? null : stream.slice(0, dash)
}

/** Prefixes for a subscription that misses nothing the query wants; `undefined` = the whole log. */
export const prefixesOf = (source: QuerySource): readonly string[] | undefined =>
  source.kind === 'all' ? undefined : source.kind === 'categories' ? source.names.map((name) => `${name}-`) : source.names

/** Whether an event of this stream and type reaches a handler. System streams (`$…`) never do. */
export const wants = (query: Query, stream: string, type: string): boolean => {
  if (stream.startsWith('$')) return false
  if (query.source.kind === 'streams' && !query.source.names.includes(stream)) return false
  if (query.source.kind === 'categories' && !query.source.names.includes(categoryOf(stream) ?? '')) return false
  return query.any !== undefined || query.handlers.has(type)
}
