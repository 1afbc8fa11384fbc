import type { Page } from 'playwright-core'
import { eventTypes } from '#room'

export interface Received {
  readonly ids: readonly string[]
  readonly errors: number
  /** EventSource's own: 0 connecting, 1 open, 2 given up. */
  readonly state: number
}

/** What stands in the page: the browser's own EventSource, and a list of what it has heard. */
export const listen = (page: Page, url: string): Promise<void> =>
  page.evaluate(
    ([address, names]) => {
      const source = new EventSource(address)
      const heard = { source, ids: [] as string[], errors: 0 }
      Object.assign(globalThis, { heard })
      for (const name of names)
        source.addEventListener(name, (event) => heard.ids.push(JSON.parse(String((event as MessageEvent).data)).id))
      source.addEventListener('error', () => (heard.errors += 1))
    },
    [url, eventTypes.map((type) => `room-ledger.${type}`)] as const,
  )

/** What it has heard so far. */
export const received = (page: Page): Promise<Received> =>
  page.evaluate(() => {
    const { heard } = globalThis as unknown as { heard: { source: EventSource; ids: string[]; errors: number } }
    return { ids: heard.ids, errors: heard.errors, state: heard.source.readyState }
  })
