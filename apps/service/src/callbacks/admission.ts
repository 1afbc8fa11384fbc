/** A place among what is under way. */
export interface Place {
  /** One more who needs it; it is free when each has let go. @returns lets go, also when called again */
  hold(): () => void
}

export interface Admission {
  /** @param bytes of the body to come. @returns nothing while there is no room */
  enter(bytes: number): { readonly place: Place; readonly leave: () => void } | undefined
}

export interface AdmissionLimits {
  readonly callbacks: number
  readonly bytes: number
}

/**
 * As many callbacks as wait for half a second or so, and bodies that any machine has the memory for. What comes faster than the
 * disk takes it would otherwise wait in memory, longer and longer, until nothing is answered in time.
 */
export const usualLimits: AdmissionLimits = { callbacks: 500, bytes: 32 * 1024 * 1024 }

/** Counts what is under way, from the moment that a callback may send its body to the end of its work. */
export const createAdmission = (limits: AdmissionLimits = usualLimits): Admission => {
  let callbacks = 0
  let total = 0
  return {
    enter: (bytes) => {
      if (callbacks >= limits.callbacks || (callbacks > 0 && total + bytes > limits.bytes)) return undefined
      callbacks += 1
      total += bytes
      let holders = 0
      const hold = () => {
        holders += 1
        let held = true
        return () => {
          if (!held) return
          held = false
          holders -= 1
          if (holders > 0) return
          callbacks -= 1
          total -= bytes
        }
      }
      return { place: { hold }, leave: hold() }
    },
  }
}
