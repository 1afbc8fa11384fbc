import { parseVendorJson, translateCallback, type CallbackToTranslate, type TranslatedCallback, type TranslatedFact } from '#live-engine'

export const receivedAt = '2026-03-26T17:29:16.000Z'
export const adminAccount = 'administrator'

/** A callback as it comes off the wire: its text, and what the address says. */
export const translate = (body: string | object, address: Partial<CallbackToTranslate> = {}): TranslatedCallback => {
  const rawBody = typeof body === 'string' ? body : JSON.stringify(body)
  const parsed = parseVendorJson(rawBody)
  if (!parsed.ok) throw new Error(parsed.problem)
  const { CallbackCommand: said } = parsed.value
  const command = typeof said === 'string' ? said : undefined
  const received = { command, receivedAt, sdkAppId: 1400000000, adminAccount, receivedFrom: '192.0.2.1', rawBody, body: parsed.value }
  return translateCallback({ ...received, ...address })
}

export const factOf = (body: string | object, address?: Partial<CallbackToTranslate>): TranslatedFact => {
  const translated = translate(body, address)
  if (translated.kind !== 'fact') throw new Error(JSON.stringify(translated))
  return translated
}
