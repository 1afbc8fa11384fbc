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

const inText = /\b(usersig|sign|token|secret|password)=[^&\s"']+/gi
const bearer = /\bBearer\s+[\w.~+/=-]+/gi

/** Blanks secrets in running text, as in the message of an error that repeats an address. */
export const scrub = (text: string): string => text.replace(inText, '$1=[redacted]').replace(bearer, 'Bearer [redacted]')

interface LoggedError {
  readonly type?: string
  readonly message?: string
  readonly stack?: string
  readonly code?: unknown
}

/** What the log says of an error. Other fields are left out: libraries hang whole requests to their errors. */
export const describeError = ({ type, message = '', stack = '', code }: LoggedError): LoggedError => ({
  ...(type !== undefined && { type }),
  message: scrub(message),
  stack: scrub(stack),
  ...(code !== undefined && { code }),
})
