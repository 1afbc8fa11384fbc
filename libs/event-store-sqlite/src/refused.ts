export type RefusalReason = 'notADatabase' | 'notOurs' | 'newerFormat' | 'inUse' | 'inaccessible' | 'damaged'

/** The file cannot be this service's store. It was left as it is. */
export class StoreFileRefused extends Error {
  override readonly name = 'StoreFileRefused'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}

const remedy =
  'It is left as it is. Restore a backup of it, or see docs/how-to/mend-a-damaged-store.md for what can still be read out of it'

export const damaged = (path: string, flaw: string, cause?: unknown): StoreFileRefused =>
  new StoreFileRefused('damaged', `${path} is damaged: ${flaw}. ${remedy}`, { cause })
