const callbackSecret = /^(\/callbacks\/live)\/.*/
const oddCallback = /^(\/callbacks)\/.*%.*/
const oddBeginning = /^\/[^/]*%.*/

/**
 * A request's path as it may be logged and shown: no query (it may hold a signature), no path secret. A callback's path
 * spelled with escapes is cut at once: routers read through them, this does not.
 */
export const publicPath = (url: string): string =>
  (url.split('?')[0] ?? '/').replace(callbackSecret, '$1/…').replace(oddCallback, '$1/…').replace(oddBeginning, '/…')
