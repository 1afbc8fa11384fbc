/** Names under which secrets may stand in an object that somebody logs. */
export const secretNames = [
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'usersig',
  'UserSig',
  'userSig',
  'Sign',
  'sign',
  'token',
  'Token',
  'secretKey',
  'callbackTokens',
  'callbackPathSecret',
] as const

const inText = /\b(usersig|sign|token|access_token|secret|password)=[^&\s"'\\]+/gi
const bearer = /\bBearer\s+[\w.~+/=-]+/gi

/** What JSON leaves as it is and a terminal or a reader of lines may obey: C1 controls, line separators, changes of direction. */
const unruly = /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g

/** Blanks secrets in a line of the log, as where an error's message repeats an address, and escapes what is not plain text. */
export const scrub = (line: string): string =>
  line
    .replace(inText, '$1=[redacted]')
    .replace(bearer, 'Bearer [redacted]')
    .replace(unruly, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)

interface LoggedError {
  readonly type?: string
  readonly message?: string
  readonly stack?: string
  readonly code?: unknown
}

/** What the log says of an error. Other fields are left out: libraries hang whole requests to their errors. */
export const describeError = ({ type, message, stack, code }: LoggedError): LoggedError => ({
  ...(type !== undefined && { type }),
  ...(message !== undefined && { message }),
  ...(stack !== undefined && { stack }),
  ...(code !== undefined && { code }),
})
