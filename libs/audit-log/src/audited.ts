/** What the proofs are made over, as the store's reading takes it. */
export const auditedPrefixes = ['room-', 'callbackQuarantine-', 'callbackKept-', 'auditAccess', 'erasures'] as const

const kinds = ['room-', 'callbackQuarantine-', 'callbackKept-']
const streams = new Set(['auditAccess', 'erasures'])

/** Whether the events of a stream are leaves of the tree. */
export const isAudited = (stream: string): boolean => streams.has(stream) || kinds.some((kind) => stream.startsWith(kind))
