const region = 'LIVE_BASE_URL is the address of another region than the one of the application'
const address = 'LIVE_BASE_URL does not lead to the REST API: something on the way changes the address or the body'
const key = 'LIVE_SECRET_KEY is not the key of the application LIVE_SDK_APP_ID'
const application = 'LIVE_SDK_APP_ID is not the id of an application of the vendor'
const account = 'LIVE_ADMIN_ACCOUNT or its signature is not what the vendor knows: check it together with LIVE_SECRET_KEY'
const disabled = "the application is switched off: look into the vendor's console"
const unpaid = "the application's package has ended, lacks this feature or is used up: look into the vendor's console"

/** What is to be mended where nothing works until somebody does; by the vendor's words about the codes (trtc 60027, trtc 34348). */
const remedies: Readonly<Record<number, string>> = {
  60002: address,
  60003: address,
  60004: account,
  60005: account,
  60006: application,
  60009: address,
  60010: "LIVE_ADMIN_ACCOUNT is not an administrator of the application: make it one in the vendor's console",
  60012: application,
  60016: disabled,
  60017: disabled,
  60020: unpaid,
  60021: "the vendor does not accept calls from this machine's address: allow it in the vendor's console",
  60025: 'LIVE_SDK_APP_ID, LIVE_ADMIN_ACCOUNT or the signature is malformed',
  60026: region,
  60027: 'the application is of another product than Live: LIVE_SDK_APP_ID is that of another application',
  60028: unpaid,
  70001: "the signature looks expired although it is new: check this machine's clock",
  70003: key,
  70009: key,
  70013: account,
  70014: application,
  70016: key,
  70020: key,
  70050: key,
  70051: 'LIVE_ADMIN_ACCOUNT is blocked by the vendor',
  100007: unpaid,
  100013: unpaid,
}

/**
 * Names the setting, or the place in the vendor's console, that a code of the configuration class points to.
 * @example remedyForVendorCode(60026)
 */
export const remedyForVendorCode = (code: number): string => remedies[code] ?? "look into the vendor's console"
