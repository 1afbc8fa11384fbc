import { createHmac, timingSafeEqual } from 'node:crypto'
import { deflateSync, inflateSync } from 'node:zlib'

/** What a UserSig of version 2.0 says, as it was signed (trtc 69883). */
export interface UserSigParts {
  readonly sdkAppId: number
  /** The account that signs in; for REST calls an App admin. */
  readonly identifier: string
  /** When it was issued, Unix seconds. */
  readonly time: number
  /** How long it is good for, in seconds: a duration, not a date. */
  readonly expire: number
}

export interface SignedUserSig extends UserSigParts {
  /** Standard Base64 of the HMAC-SHA256. */
  readonly sig: string
  /** Base64, only in signatures for private rooms. */
  readonly userbuf?: string
}

export type UserSigVerdict = 'ok' | 'expired' | 'bad-signature' | 'malformed' | 'identifier-mismatch' | 'sdkappid-mismatch'

/** More than any UserSig inflates to; what claims more is not one. */
const longestContent = 16_384

/**
 * Signs a UserSig: HMAC-SHA256 over the parts, as JSON, zlib-compressed, in the vendor's own Base64 alphabet (trtc 69883).
 * It needs no escaping in a query.
 * @param secretKey the application's key as the console shows it; its characters are the key, they are not hex-decoded.
 * @throws RangeError when a number is not an integer: the vendor would sign the word instead.
 */
export const signUserSig = ({ secretKey, ...parts }: UserSigParts & { readonly secretKey: string }): string => {
  for (const name of ['sdkAppId', 'time', 'expire'] as const)
    if (!Number.isSafeInteger(parts[name])) throw new RangeError(`${name} of a UserSig must be an integer`)
  const content = {
    'TLS.ver': '2.0',
    'TLS.identifier': parts.identifier,
    'TLS.sdkappid': parts.sdkAppId,
    'TLS.time': parts.time,
    'TLS.expire': parts.expire,
    'TLS.sig': hmac(parts, secretKey).toString('base64'),
  }
  return toVendorBase64(deflateSync(JSON.stringify(content)))
}

/** Reads what a UserSig says, without believing it. Undefined when it is none. */
export const readUserSig = (userSig: string): SignedUserSig | undefined => {
  if (!/^[A-Za-z0-9*\-_]+$/.test(userSig)) return undefined
  const content = inflateJson(userSig)
  if (typeof content !== 'object' || content === null) return undefined
  const {
    'TLS.ver': version,
    'TLS.identifier': identifier,
    'TLS.sdkappid': sdkAppId,
    'TLS.time': time,
    'TLS.expire': expire,
    'TLS.sig': sig,
    'TLS.userbuf': userbuf,
  } = content as Record<string, unknown>
  if (version !== '2.0' || typeof identifier !== 'string' || typeof sig !== 'string') return undefined
  if (!isInteger(sdkAppId) || !isInteger(time) || !isInteger(expire)) return undefined
  if (userbuf !== undefined && typeof userbuf !== 'string') return undefined
  return { identifier, sdkAppId, time, expire, sig, ...(userbuf !== undefined && { userbuf }) }
}

/**
 * Checks a UserSig as the vendor does, the signature before what it signs.
 * @param expected.now Unix milliseconds.
 */
export const verifyUserSig = (
  userSig: string,
  expected: { readonly secretKey: string; readonly sdkAppId: number; readonly identifier: string; readonly now: number },
): UserSigVerdict => {
  const signed = readUserSig(userSig)
  if (!signed) return 'malformed'
  const given = Buffer.from(signed.sig, 'base64')
  const right = hmac(signed, expected.secretKey, signed.userbuf)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return 'bad-signature'
  if (signed.sdkAppId !== expected.sdkAppId) return 'sdkappid-mismatch'
  if (signed.identifier !== expected.identifier) return 'identifier-mismatch'
  return expected.now >= (signed.time + signed.expire) * 1000 ? 'expired' : 'ok'
}

const hmac = ({ identifier, sdkAppId, time, expire }: UserSigParts, secretKey: string, userbuf?: string): Buffer => {
  const lines = [`TLS.identifier:${identifier}`, `TLS.sdkappid:${sdkAppId}`, `TLS.time:${time}`, `TLS.expire:${expire}`]
  if (userbuf !== undefined) lines.push(`TLS.userbuf:${userbuf}`)
  return createHmac('sha256', secretKey)
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest()
}

/** Not RFC 4648 base64url: the vendor chose other characters. */
const toVendorBase64 = (bytes: Buffer): string => bytes.toString('base64').replaceAll('+', '*').replaceAll('/', '-').replaceAll('=', '_')

const inflateJson = (userSig: string): unknown => {
  const base64 = userSig.replaceAll('*', '+').replaceAll('-', '/').replaceAll('_', '=')
  try {
    return JSON.parse(inflateSync(Buffer.from(base64, 'base64'), { maxOutputLength: longestContent }).toString('utf8'))
  } catch {
    return undefined
  }
}

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value)
