/**
 * What pages at other origins may do: all that the API does. Methods and headers are named, since what is left out of the
 * list stands for GET, HEAD and POST alone, and a dashboard could read rooms but send no command.
 * @param origins of `CORS_ORIGINS`.
 */
export const corsFor = (origins: readonly string[]) => ({
  origin: [...origins],
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowedHeaders: [
    'Authorization',
    'Content-Type',
    'Idempotency-Key',
    'If-Match',
    'If-None-Match',
    'Last-Event-ID',
    'On-Behalf-Of',
    'Prefer',
    'X-Request-Id',
  ],
  exposedHeaders: ['ETag', 'Location', 'Retry-After', 'Ledger-Position'],
})
