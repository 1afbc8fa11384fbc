import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Page } from 'playwright-core'

export interface Browser {
  /** A page with nothing on it, at the origin. */
  open(): Promise<Page>
  readonly origin: string
  close(): Promise<void>
}

const flags = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Starts Chromium without a window, and an address whose pages it opens: an origin that is not the service's. */
export const startBrowser = async (executablePath: string): Promise<Browser> => {
  const profile = await mkdtemp(join(tmpdir(), 'room-ledger-browser-'))
  const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>A page</title>'))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, chromiumSandbox: false, args: flags })
  return {
    origin,
    open: async () => {
      const page = await context.newPage()
      await page.goto(origin)
      return page
    },
    close: async () => {
      await context.close()
      server.closeAllConnections()
      await once(server.close(), 'close')
      await rm(profile, { recursive: true, force: true })
    },
  }
}
