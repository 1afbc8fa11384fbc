/**
 * What a code of the vendor asks of the caller (trtc 60027, trtc 63398, trtc 34348):
 * `retry` = what became of the call is not known; `throttled` = nothing was done, later it would be; `resign` = the
 * UserSig is too old; `configuration` = no call will succeed until somebody mends something; `refused` = this call never
 * will; `ambiguous` = the vendor's own pages disagree: once more, then it is configuration.
 */
export type ErrorClass = 'ok' | 'retry' | 'throttled' | 'resign' | 'configuration' | 'refused' | 'ambiguous'

const classes: Readonly<Record<Exclude<ErrorClass, 'ok'>, readonly number[]>> = {
  retry: [100001, 60008, 60013, 60014, 70169, 70500],
  throttled: [60007, 60011, 60018, 60019, 100012, 100405, 100413, 70050],
  resign: [70001],
  configuration: [
    60006, 60010, 60012, 60016, 60017, 60020, 60021, 60025, 60026, 60027, 60028, 70003, 70009, 70013, 70014, 70016, 70020, 70051, 100007,
    100013,
  ],
  refused: [60002, 60003, 60009, 60015, 70107, 70402],
  ambiguous: [60004, 60005],
}

const byCode = new Map<number, ErrorClass>(
  Object.entries(classes).flatMap(([name, codes]) => codes.map((code) => [code, name as ErrorClass])),
)
byCode.set(0, 'ok')

/**
 * The class of an `ErrorCode`.
 *
 * The private codes of the Live engine (100000 and up) are the caller's fault unless they are listed otherwise. A code that is in
 * no table at all is `retry`: to take it for a refusal could deny a deed that was done, while an open outcome is looked into.
 */
export const classifyErrorCode = (code: number): ErrorClass => byCode.get(code) ?? (code >= 100_000 && code < 110_000 ? 'refused' : 'retry')

/** Codes that the project gives a meaning of its own. */
export const errorCodes = {
  ok: 0,
  apiThrottled: 60007,
  userSigExpired: 70001,
  userSigRefusedTooOften: 70050,
  internal: 100001,
  badParameter: 100002,
  roomIdTaken: 100003,
  roomAbsent: 100004,
  notPermitted: 100006,
  roomIdTakenByOperator: 100010,
  roomIdTakenByGroup: 100011,
  createdTooOften: 100012,
} as const
