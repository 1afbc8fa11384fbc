import { callbackCommands, signCallback } from '#live-engine/wire'

/** Where callbacks go: one address per application, with the commands chosen for it. Changes take effect at once (vendor: 2 minutes). */
export interface CallbackTarget {
  url?: string
  commands: readonly string[]
  token?: string
  tokenEnabled: boolean
}

/** Commands whose documented example address carries neither ClientIP nor OptPlatform (trtc 72553, 72554). */
const withoutOrigin: ReadonlySet<string> = new Set([callbackCommands.ownerChanged, callbackCommands.adminsChanged])

/**
 * The full address of one callback. What the vendor does with a configured address that has a query of its own is not
 * documented; ours goes behind it.
 * @param requestTime Unix seconds; only used when a token is enabled
 */
export function callbackAddress(
  target: CallbackTarget & { url: string },
  callback: { readonly command: string; readonly clientIp: string; readonly platform: string },
  sdkAppId: number,
  requestTime: number,
): URL {
  const url = new URL(target.url)
  url.hash = ''
  const query = url.searchParams
  query.append('SdkAppid', String(sdkAppId))
  query.append('CallbackCommand', callback.command)
  query.append('contenttype', 'json')
  if (!withoutOrigin.has(callback.command)) {
    query.append('ClientIP', callback.clientIp)
    query.append('OptPlatform', callback.platform)
  }
  if (target.tokenEnabled && target.token !== undefined) {
    query.append('Sign', signCallback(target.token, requestTime))
    query.append('RequestTime', String(requestTime))
  }
  return url
}
