/** Domains by the application's region (trtc 63398). */
const domains =
  'console.tim.qq.com (mainland China), adminapisgp.im.qcloud.com (Singapore), adminapiusa.im.qcloud.com (United States), adminapiidn.im.qcloud.com (Jakarta)'
const key = 'LIVE_SECRET_KEY is not the key of that application: copy it from the console'
const appId = 'LIVE_SDK_APP_ID is not the id of that application: copy it from the console'
const admin = 'LIVE_ADMIN_ACCOUNT must be an App admin: make it one in the console'
const pay = 'see to package and payment of the application in the console'
const enable = 'the application is disabled: enable it in the console, or ask the vendor why'
const product = 'the application is one of another product: enable Live for it in the console, or see LIVE_SDK_APP_ID'

/** What to mend when the vendor works with nobody, by its code (trtc 60027, trtc 63398, trtc 34348). */
const remedies: Readonly<Record<number, string>> = {
  60002: 'LIVE_BASE_URL must be the domain alone, without a path of its own',
  60003: 'something between here and the vendor changes requests: see to proxies',
  60004: `${admin}; and ${key}`,
  60005: `${admin}; and ${key}`,
  60006: appId,
  60009: 'LIVE_BASE_URL must be the domain alone, without a path of its own',
  60010: admin,
  60012: appId,
  60016: enable,
  60017: enable,
  60020: pay,
  60021: 'the vendor does not allow this address: add it to the list of source addresses in the console',
  60025: 'LIVE_SDK_APP_ID, LIVE_ADMIN_ACCOUNT or LIVE_SECRET_KEY is not as the console shows it',
  60026: `LIVE_BASE_URL is the domain of another region; there are ${domains}`,
  60027: product,
  60028: `the day's volume of the trial is used up: wait a day, or ${pay}`,
  70001: 'the signature is too old although it was just made: set the clock of this machine',
  70003: key,
  70009: key,
  70013: 'LIVE_ADMIN_ACCOUNT is not the account that was signed: see to proxies that change requests',
  70014: appId,
  70016: `there is no key for that application in this region: see LIVE_SDK_APP_ID, and LIVE_BASE_URL: there are ${domains}`,
  70020: `there is no such application in this region: see LIVE_SDK_APP_ID, and LIVE_BASE_URL: there are ${domains}`,
  70050: `too many bad signatures: wait a minute. If it lasts, ${key}`,
  70051: 'LIVE_ADMIN_ACCOUNT is on a blocklist of the vendor: use another App admin',
  100007: pay,
  100013: `a limit of the package is reached: ${pay}`,
}

/** @returns undefined for a code that asks nobody to mend anything here */
export const remedyForVendorCode = (code: number): string | undefined => remedies[code]
