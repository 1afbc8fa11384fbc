import { describe, expect, it } from 'vitest'
import { auditedPrefixes, isAudited } from '../src/index.js'

const audited = ['room-r1', 'room-', 'callbackQuarantine-Live.X', 'callbackKept-Live.Y', 'auditAccess', 'erasures']

describe('the streams of the audit log', () => {
  it.each(audited)('given %s, then it is one, and a store that is asked for the prefixes gives it', (stream) => {
    expect(isAudited(stream)).toBe(true)
    expect(auditedPrefixes.some((prefix) => stream.startsWith(prefix))).toBe(true)
  })

  it.each([
    'roomHistory-r1',
    'ownerTrail-r1',
    'auditAccess-x',
    'auditCheckpoints',
    'auditKeys',
    'erasures2',
    'Room-r1',
    'consumer-a',
    '$ce-room',
  ])('given %s, then it is none', (stream) => {
    expect(isAudited(stream)).toBe(false)
  })
})
