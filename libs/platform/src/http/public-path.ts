const callbacks = /^(\/callbacks\/live)\/.*/

/** A request's path as it may be logged and shown: no query (it may hold a signature), no path secret. */
export const publicPath = (url: string): string => (url.split('?')[0] ?? '/').replace(callbacks, '$1/…')
