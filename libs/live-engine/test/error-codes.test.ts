import { describe, expect, it } from 'vitest'
import { byteLength, classifyErrorCode, fitsBytes, limits, problemForVendorCode, remedyForVendorCode } from '#live-engine'

describe('codes of the vendor', () => {
  it.each([
    ['ok', [0]],
    ['retry', [100001, 60008, 60013, 60014, 70169, 70500]],
    ['throttled', [60007, 60011, 60018, 60019, 100012, 100405, 100413, 70050]],
    ['resign', [70001]],
    ['configuration', [60006, 60010, 60020, 60026, 70003, 70009, 70013, 70014, 70051, 100007, 100013]],
    ['refused', [60009, 70107, 70402, 100002, 100003, 100004, 100006, 100010, 100011, 100016, 100020, 100500]],
    ['ambiguous', [60004, 60005]],
    ['retry', [-1, 1, 60999, 70999, 123456]],
  ])('are classed as %s', (expected, codes) => {
    for (const code of codes) expect([code, classifyErrorCode(code)]).toEqual([code, expected])
  })

  it.each([
    [[100002, 70402, 70107, 100009, 100015], 'vendor-refused-parameters', 422],
    [[100003, 100010, 100011], 'room-id-taken', 409],
    [[100004], 'room-not-at-vendor', 404],
    [[100006], 'vendor-not-permitted', 409],
    [[60007, 60011, 100012, 70050], 'vendor-throttled', 429],
    [[60006, 60009, 60010, 60026, 70001, 70009, 60004, 100007, 100013], 'vendor-configuration', 502],
    [[100008, 100016], 'vendor-refused', 409],
    [[100001, 12345], 'vendor-unclear', 502],
  ])('%j are answered with %s', (codes, type, status) => {
    for (const code of codes) expect(problemForVendorCode(code, 'create-room')).toMatchObject({ type, status })
  })

  it('name what is to be mended where somebody must', () => {
    const all = [...Array(11_000).keys()].map((n) => 60_000 + n).concat([...Array(1000).keys()].map((n) => 100_000 + n))
    const faults = all.filter((code) => problemForVendorCode(code).type === 'vendor-configuration')
    expect(faults.length).toBeGreaterThan(20)
    for (const code of faults) expect([code, remedyForVendorCode(code)]).toEqual([code, expect.any(String)])
    expect(remedyForVendorCode(100004)).toBeUndefined()
    expect(remedyForVendorCode(60026)).toContain('LIVE_BASE_URL')
    expect(remedyForVendorCode(60010)).toContain('LIVE_ADMIN_ACCOUNT')
    expect(remedyForVendorCode(70009)).toContain('LIVE_SECRET_KEY')
  })

  it('say when to come back, and speak of a taken id only to who wants one', () => {
    expect(problemForVendorCode(60007, 'update-room').retryAfter).toBe(1)
    expect(problemForVendorCode(70050, 'update-room').retryAfter).toBe(60)
    expect(problemForVendorCode(100003, 'update-room').type).toBe('vendor-refused')
    expect(problemForVendorCode(100003).type).toBe('vendor-refused')
  })
})

describe('limits', () => {
  it('count bytes, not characters', () => {
    expect(byteLength('é')).toBe(2)
    expect(fitsBytes('a'.repeat(48), limits.roomIdBytes)).toBe(true)
    expect(fitsBytes(`${'a'.repeat(47)}é`, limits.roomIdBytes)).toBe(false)
  })
})
