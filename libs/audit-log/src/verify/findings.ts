export type FindingKind =
  /** The file ends too early, or its last line is none. */
  | 'truncated'
  /** Something stands behind the last line. */
  | 'trailing'
  /** A line is no longer what the ledger wrote there. */
  | 'altered'
  | 'removed'
  | 'inserted'
  | 'moved'
  /** Of a stream, a revision is missing or twice, and no list of leaves tells more. */
  | 'revision'
  /** A row does not belong into an export with this filter. */
  | 'filter'
  /** A row's proof does not lead to the signed root. */
  | 'proof'
  /** The events do not lead to the signed root. */
  | 'root'
  /** First and last line, or what they say and what there is, do not agree. */
  | 'contradiction'
  /** Not signed by the key given, or the signature does not fit. */
  | 'key'
  /** Of another ledger than the key or the older checkpoint. */
  | 'origin'
  /** Not the continuation of the older checkpoint. */
  | 'inconsistent'
  /** No export at all, or one of another version. */
  | 'not-an-export'

/** Something that is not as the ledger wrote it. */
export interface Finding {
  readonly kind: FindingKind
  /** From 1, as an editor counts. */
  readonly line?: number
  readonly eventId?: string
  /** A sentence for people. */
  readonly message: string
}

/** So many are told one by one; what goes beyond is counted. */
export const mostFindings = 100

export interface Findings {
  add(finding: Finding): void
  has(...kinds: readonly FindingKind[]): boolean
  hasLine(line: number): boolean
  readonly count: number
  /** In the order of lines; those about the whole file come last. */
  list(): readonly Finding[]
}

export const createFindings = (): Findings => {
  const held: Finding[] = []
  const kinds = new Set<FindingKind>()
  const lines = new Set<number>()
  let count = 0
  return {
    get count() {
      return count
    },
    add: (finding) => {
      count += 1
      kinds.add(finding.kind)
      if (held.length < mostFindings) {
        held.push(finding)
        if (finding.line !== undefined) lines.add(finding.line)
      }
    },
    has: (...asked) => asked.some((kind) => kinds.has(kind)),
    hasLine: (line) => lines.has(line),
    list: () => held.toSorted((a, b) => (a.line ?? Infinity) - (b.line ?? Infinity) || 0),
  }
}
