import { applyDecorators, SetMetadata } from '@nestjs/common'
import { ApiQuery } from '@nestjs/swagger'

/** The name that RFC 6750, section 2.3, gives a bearer credential in a query. */
export const queryParameter = 'access_token'
export const KEY_IN_QUERY = 'room-ledger:key-in-query'

/**
 * Lets a route be asked with the credential in the query, if EVENTS_KEY_IN_QUERY allows it: for a browser's `EventSource`, which
 * can send no header. Beside `@RequireScopes`; the route's parameters must know `access_token` too.
 */
export const KeyInQuery = () =>
  applyDecorators(
    SetMetadata(KEY_IN_QUERY, true),
    ApiQuery({
      name: queryParameter,
      required: false,
      type: String,
      description:
        'The API key or token, in place of the header Authorization. Refused (401) unless the setting EVENTS_KEY_IN_QUERY is `allow`.',
    }),
  )
