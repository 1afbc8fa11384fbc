/** What a vendor command ends with: the optional `Response` object of the envelope, or the vendor's private error code. */
export type Outcome = Done | Refusal

export interface Done {
  readonly ok: true
  readonly response?: Readonly<Record<string, unknown>>
}

export interface Refusal {
  readonly ok: false
  readonly code: number
  readonly info: string
}

export const done = (response?: Readonly<Record<string, unknown>>): Done => ({ ok: true, response })
export const refuse = (code: number, info: string): Refusal => ({ ok: false, code, info })

/** 100002, the code for every parameter that does not fit. */
export const illegal = (info: string): Refusal => refuse(100002, info)

/** 100004, also for a room that was dissolved. */
export const roomAbsent = (): Refusal => refuse(100004, 'room does not exist or has been dissolved')
