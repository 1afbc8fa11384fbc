import { faultOf } from '../fault.js'

/** What the server answered instead of doing it. `Broken`: it holds a text that it cannot even describe. */
export type Answer = 'NotFound' | 'Conflict' | 'OperationFailed' | 'NotAuthorized' | 'Broken' | 'Off'

/** The server is there and says no. */
export class ProjectionRefusal extends Error {
  override readonly name = 'ProjectionRefusal'
  constructor(
    readonly answer: Answer,
    options?: ErrorOptions,
  ) {
    super(`EventStoreDB projections: the server answered ${answer}`, options)
  }
}

/**
 * Up to 24.2 the answer stands only in the text of an error of code 2 (unknown): "Envelope callback expected Updated,
 * received Conflict instead". Later lines have codes of their own for some: 5 (not found), 6 (exists already).
 */
export const answerOf = (error: unknown): Answer | undefined => {
  if (!(error instanceof Error)) return undefined
  const code: unknown = 'code' in error ? error.code : undefined
  const [, received] = /received (NotFound|Conflict|OperationFailed|NotAuthorized) instead/.exec(error.message) ?? []
  if (received) return received as Answer
  if (code === 2 && error.message.includes('Exception was thrown by handler')) return 'Broken'
  if (code === 5) return 'NotFound'
  if (code === 6) return 'Conflict'
  if (code === 12) return 'Off'
  return faultOf(error) === 'denied' ? 'NotAuthorized' : undefined
}
