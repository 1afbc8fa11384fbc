export type RefusalReason = 'notADatabase' | 'notOurs' | 'newerFormat' | 'inUse' | 'inaccessible'

/** The file cannot be this service's store. It was left as it is. */
export class StoreFileRefused extends Error {
  override readonly name = 'StoreFileRefused'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
