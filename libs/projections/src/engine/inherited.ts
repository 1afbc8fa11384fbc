import type { JsonObject } from '#event-store'

/** What an emitted event takes over from the event that caused it: `$correlationId`, as text, where there is one. */
export const inheritedFrom = ({ $correlationId: given }: JsonObject): JsonObject => {
  if (given === undefined || given === null || given === '') return {}
  return { $correlationId: typeof given === 'string' ? given : JSON.stringify(given, null, 2) }
}
