/** What makes a projection stop until it is enabled again: its text is at fault, not the machine. */
export class ProjectionFault extends Error {
  override readonly name = 'ProjectionFault'
}

/** The text of whatever a projection threw: its errors come from another realm, so `instanceof Error` does not hold. */
export const messageOf = (thrown: unknown): string => {
  if (typeof thrown !== 'object' || thrown === null) return String(thrown)
  const { name, message } = thrown as { name?: unknown; message?: unknown }
  return typeof message === 'string' ? (typeof name === 'string' && name !== 'Error' ? `${name}: ${message}` : message) : String(thrown)
}
