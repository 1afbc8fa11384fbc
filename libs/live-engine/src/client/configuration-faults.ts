import type { VendorAnswer } from '#room'

/** The vendor will not work with our application until somebody mends something. */
export interface ConfigurationFault {
  readonly errorCode: number
  /** The vendor's words, secrets taken out. */
  readonly errorInfo?: string
  /** The command of the vendor that was refused. */
  readonly command: string
  /** RFC 3339: when it was last met. */
  readonly at: string
}

/** So seldom is the same code told again, in milliseconds. */
const shoutEveryMs = 60_000

/**
 * Remembers what is wrong with the configuration, by command, until that command gets through.
 * @param shout told of a fault, of each code at most once a minute however many calls meet it.
 */
export const createConfigurationFaults = (shout: (fault: ConfigurationFault) => void, now: () => number) => {
  const faults = new Map<string, ConfigurationFault>()
  const shouted = new Map<number, number>()
  return {
    met: (command: string, { errorCode, errorInfo }: VendorAnswer): void => {
      if (errorCode === undefined) return
      const fault = { errorCode, ...(errorInfo && { errorInfo }), command, at: new Date(now()).toISOString() }
      // Put in anew, so that the youngest is the last.
      faults.delete(command)
      faults.set(command, fault)
      const since = performance.now() - (shouted.get(errorCode) ?? -Infinity)
      if (since < shoutEveryMs) return
      shouted.set(errorCode, performance.now())
      shout(fault)
    },
    gotThrough: (command: string): void => void faults.delete(command),
    last: (): ConfigurationFault | undefined => [...faults.values()].at(-1),
  }
}
