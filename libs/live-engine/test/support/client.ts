import { createLiveEngine, type LiveEngine, type LiveEngineSettings } from '#live-engine'
import { onTestFinished } from 'vitest'
import { startVendor, type Behaviour, type VendorServer } from './vendor-server.js'

export const settings = { sdkAppId: 1400000000, adminAccount: 'administrator', secretKey: 'key-that-must-not-show' } as const

/** A client of a vendor that behaves as told; both end with the test. */
export const clientOf = async (
  behaviours: readonly Behaviour[],
  more: Partial<LiveEngineSettings> = {},
): Promise<{ live: LiveEngine; vendor: VendorServer }> => {
  const vendor = await startVendor(...behaviours)
  const live = createLiveEngine({ baseUrl: vendor.url, timeoutMs: 4000, ...settings, ...more })
  onTestFinished(async () => {
    await vendor.close()
    await live.close()
  })
  return { live, vendor }
}
