import { defineConfig } from 'vitest/config'

const conditions = ['source', 'node', 'import', 'default']

/** `npm run chaos`: minutes instead of seconds, one thing after another, with figures. */
export default defineConfig({
  root: new URL('../..', import.meta.url).pathname,
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/chaos/*.chaos.ts', 'test/chaos/instances.test.ts'],
    env: { TEST_ENGINE: 'eventstoredb' },
    testTimeout: 900_000,
    hookTimeout: 120_000,
    maxWorkers: 1,
    disableConsoleIntercept: true,
    reporters: ['default', './test/support/summary-reporter.ts'],
  },
})
