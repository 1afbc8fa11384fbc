import type { FetchImplementation } from 'jose'

/**
 * A `fetch` that leaves its server in peace for a while after it has failed: however many tokens come in that time, none of
 * them makes it ask again.
 * @param restMs milliseconds.
 */
export const createPoliteFetch = (restMs: number): FetchImplementation => {
  let restsUntil = 0
  return async (address, options) => {
    if (performance.now() < restsUntil) throw new Error('it could not be asked a moment ago')
    try {
      const response = await fetch(address, options)
      if (response.ok) return response
      throw new Error(`it answered ${response.status}`)
    } catch (error) {
      restsUntil = performance.now() + restMs
      throw error
    }
  }
}
