/** Every kind of problem this service answers with: its slug is part of the public contract. */
export const problemTypes = {
  'invalid-request': {
    status: 400,
    title: 'The request is malformed',
    meaning: 'A field, parameter or header is missing, unknown or out of bounds; `errors` names each.',
  },
  unauthorized: {
    status: 401,
    title: 'No valid credential',
    meaning: 'The credential, or the signature of a callback, is missing, wrong or out of date.',
  },
  forbidden: { status: 403, title: 'Not allowed', meaning: 'The credential lacks the scope, or the sender is not allowed here.' },
  'not-found': { status: 404, title: 'Not known', meaning: 'The ledger, or this address, knows nothing under that name.' },
  'room-not-at-vendor': {
    status: 404,
    title: 'The vendor has no such room',
    meaning: 'The vendor says the room does not exist or was dissolved (100004).',
  },
  'room-not-known-at': {
    status: 404,
    title: 'The room was not known then',
    meaning: 'The moment asked for lies before the first fact of the room.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request took too long',
    meaning: 'It did not come in whole within 10 seconds, or its headers within 5; the connection is closed.',
  },
  'room-id-taken': {
    status: 409,
    title: 'The room id is taken',
    meaning: 'The vendor already has a room or group of that id (100003, 100010, 100011).',
  },
  'vendor-not-permitted': {
    status: 409,
    title: 'The vendor does not permit it',
    meaning: 'The operator is neither owner nor administrator there, or it is no live room (100006).',
  },
  'room-destroyed': { status: 409, title: 'The room is destroyed', meaning: 'The ledger knows that its life has ended; create it anew.' },
  'vendor-refused': {
    status: 409,
    title: 'The vendor refused',
    meaning: "The room's state at the vendor does not allow it; see `vendor`.",
  },
  'not-as-requested': {
    status: 409,
    title: 'It did not happen',
    meaning: 'The vendor gave no clear answer, and its room is not as requested.',
  },
  'cursor-of-another-ledger': {
    status: 409,
    title: 'The cursor is of another ledger',
    meaning: 'It was given out by a ledger that began with another event: look at the address, or begin anew with `after=start`.',
  },
  'cursor-not-in-ledger': {
    status: 409,
    title: 'The ledger does not hold what the cursor names',
    meaning:
      'The event lies beyond the end, or another one stands in its place: the ledger was restored from an older backup. What you have read after it is no longer in the record.',
  },
  'consumer-exists': {
    status: 409,
    title: 'The consumer exists with other settings',
    meaning: 'A consumer keeps what it was made with: take another name, or delete it first.',
  },
  'too-many-consumers': {
    status: 409,
    title: 'There are too many consumers',
    meaning: 'A ledger keeps 1,000 at a time: delete those that nobody uses any more.',
  },
  'ack-backwards': {
    status: 409,
    title: 'Acknowledged further already',
    meaning: 'The consumer has acknowledged a later event; what is acknowledged stays so.',
  },
  'ack-beyond-delivery': {
    status: 409,
    title: 'Not delivered yet',
    meaning: 'The consumer was not given that event; it can acknowledge only what it was given.',
  },
  'ledger-inconsistent': {
    status: 409,
    title: 'The log is not what was signed',
    meaning:
      'What is in the store is no continuation of an earlier checkpoint: a restored backup, or events that were altered. No checkpoint is signed until an operator has seen to it.',
  },
  'precondition-failed': { status: 412, title: 'The room has changed', meaning: '`If-Match` does not name the youngest fact of the room.' },
  'payload-too-large': { status: 413, title: 'The body is too large', meaning: 'Bodies are limited to 256 KiB.' },
  'unsupported-media-type': { status: 415, title: 'The body is not JSON', meaning: 'Send `Content-Type: application/json`.' },
  'idempotency-key-reused': {
    status: 422,
    title: 'The Idempotency-Key is taken',
    meaning: 'The same key came with another request before.',
  },
  'still-unfit': {
    status: 422,
    title: 'The callback still does not fit',
    meaning: 'It was fed in again, and this version does not understand it either.',
  },
  'vendor-refused-parameters': { status: 422, title: 'The vendor refused the parameters', meaning: 'See `vendor` for its code and words.' },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    meaning: "This service's own limit; nothing was done. Try again after `Retry-After` seconds.",
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too long',
    meaning: 'Address and headers may be 16 KiB together; the connection is closed.',
  },
  'vendor-throttled': { status: 429, title: 'The vendor throttles', meaning: 'Also after retries; try again after `Retry-After` seconds.' },
  'internal-error': { status: 500, title: 'Internal error', meaning: 'A defect of this service; the log has more under the request id.' },
  'vendor-configuration': {
    status: 502,
    title: 'The vendor application is misconfigured',
    meaning: 'Credential, package or domain of the vendor application: an operator must mend it.',
  },
  'vendor-unclear': {
    status: 502,
    title: 'The vendor gave no clear answer',
    meaning: 'It could not be reached, or its answer could not be read.',
  },
  'not-caught-up': { status: 503, title: 'Not caught up yet', meaning: 'The answer does not include `minPosition` yet; try again.' },
  'not-ready': {
    status: 503,
    title: 'Not ready',
    meaning: 'The service is starting, stopping, or lacks something it cannot work without; `errors` names it.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The issuer of tokens is away',
    meaning: 'Whether the token is good cannot be told at the moment: keep it and try again.',
  },
  'vendor-away': {
    status: 503,
    title: 'The vendor is away',
    meaning: 'It could not be reached of late, so it was not called and nothing was written; try again after `Retry-After` seconds.',
  },
  overloaded: {
    status: 503,
    title: 'Too much at once',
    meaning: 'More comes in than can be written down; nothing was written. Try again after `Retry-After` seconds.',
  },
  'store-unavailable': { status: 503, title: 'The store is away', meaning: 'Nothing was written; try again after `Retry-After` seconds.' },
} as const satisfies Record<string, { status: number; title: string; meaning: string }>

export type ProblemType = keyof typeof problemTypes
