import type { Step } from '../migrate/progress.js'
import type { Adopter } from './adopter.js'
import { patiently } from './patiently.js'
import { AdoptionRefused } from './refused.js'

/**
 * The ids of the vendor's public rooms, each once. The vendor counts places in a list that moves: a room can be missed.
 * @throws AdoptionRefused when a page cannot be had
 */
export const listPublic = async (adopter: Adopter, step: Step): Promise<readonly string[]> => {
  const ids = new Set<string>()
  const asked = new Set<string>()
  let next = ''
  do {
    asked.add(next)
    const page = await patiently(() => adopter.list(next))
    if (!('roomIds' in page)) throw new AdoptionRefused(`The list of public rooms cannot be had: ${page.reason}`)
    step.advance(page.roomIds.filter((id) => !ids.has(id)).length)
    for (const id of page.roomIds) ids.add(id)
    next = page.next
    // A list that leads back to its beginning would never end.
  } while (next !== '' && !asked.has(next))
  return [...ids]
}
