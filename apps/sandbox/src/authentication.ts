import { verifyUserSig, type UserSigVerdict } from '#live-engine/wire'
import { refuse, type Refusal } from './outcome.js'
import type { SandboxSettings } from './settings.js'

/** The query of a vendor call, names as they came: they are case-sensitive (tc 1071/76832). */
export type CallQuery = Readonly<Record<string, unknown>>

const signatureRefusals: Readonly<Record<Exclude<UserSigVerdict, 'ok'>, Refusal>> = {
  expired: refuse(70001, 'usersig has expired'),
  malformed: refuse(70003, 'usersig is illegal'),
  'bad-signature': refuse(70009, 'usersig was made with another key'),
  'identifier-mismatch': refuse(70013, 'identifier is not the one in the usersig'),
  'sdkappid-mismatch': refuse(70014, 'sdkappid is not the one in the usersig'),
}

/**
 * Checks the query envelope and the UserSig, in this order: form of the query, application, signature, whether the caller is an
 * App admin.
 * @returns the caller's identifier
 */
export function authenticate(query: CallQuery, settings: SandboxSettings, now: () => number): { identifier: string } | Refusal {
  const { sdkappid, identifier, usersig, random, contenttype } = query
  if (sdkappid === undefined || sdkappid === '') return refuse(60012, 'sdkappid is missing')
  if (sdkappid !== String(settings.sdkAppId)) return refuse(60006, 'sdkappid is invalid')
  if (typeof identifier !== 'string' || identifier === '') return refuse(60004, 'identifier is missing')
  if (typeof usersig !== 'string' || usersig === '') return refuse(60005, 'usersig is missing')
  if (typeof random !== 'string' || !/^\d{1,10}$/.test(random) || Number(random) > 0xffffffff) {
    return refuse(60002, 'random must be an unsigned 32-bit integer')
  }
  if (contenttype !== 'json') return refuse(60025, 'contenttype must be json')
  const { secretKey, sdkAppId } = settings
  const verdict = verifyUserSig(usersig, { secretKey, sdkAppId, identifier, now: now() })
  if (verdict !== 'ok') return signatureRefusals[verdict]
  return settings.adminAccounts.includes(identifier) ? { identifier } : refuse(60010, 'identifier is not an App admin')
}
