import { UnavailableError, UnknownError } from '@eventstore/db-client'
import { describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#event-store'
import { asPortError, faultOf } from '../src/fault.js'

const withCode = (code: number | string) => Object.assign(new Error('of the client'), { code })

describe('what an error of the client comes to', () => {
  it.each([
    { name: 'a dead server: a plain error of code 14', error: withCode(14), fault: 'away' },
    { name: 'a deadline: a plain error of code 4', error: withCode(4), fault: 'away' },
    { name: 'a server that stops: code 13', error: withCode(13), fault: 'away' },
    { name: 'the class alone, without a code', error: new UnavailableError(), fault: 'away' },
    { name: 'an unknown error without a code', error: new UnknownError(), fault: 'away' },
    { name: 'a stream that broke off', error: withCode('ERR_STREAM_PREMATURE_CLOSE'), fault: 'away' },
    { name: 'a failed discovery', error: new Error('Failed to discover after 10 attempts.'), fault: 'stuck' },
    { name: 'no permission', error: withCode(7), fault: 'denied' },
    { name: 'a wrong password', error: withCode(16), fault: 'denied' },
    { name: 'a mistake of our own', error: new TypeError('of ours'), fault: 'defect' },
    { name: 'a wrong argument: code 3', error: withCode(3), fault: 'defect' },
  ])('given $name, then it is $fault', ({ error, fault }) => {
    expect(faultOf(error)).toBe(fault)
  })

  it('given an error that may pass, then callers get StoreUnavailable; given a defect, then they get it as it was', () => {
    const defect = withCode(3)
    expect(asPortError(withCode(14))).toBeInstanceOf(StoreUnavailable)
    expect(asPortError(withCode(16))).toBeInstanceOf(StoreUnavailable)
    expect(asPortError(defect)).toBe(defect)
  })
})
