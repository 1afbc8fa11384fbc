import { defineConfig } from 'vitest/config'

/** Source is run as it is written: package imports (`#room`, …) resolve to TypeScript, not to the build. */
const conditions = ['source', 'node', 'import', 'default']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{apps,libs}/*/test/**/*.test.ts', 'test/{architecture,e2e,chaos}/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', './test/support/summary-reporter.ts'],
    coverage: {
      provider: 'v8',
      include: ['libs/*/src/**'],
      reporter: ['text-summary', ['text', { file: 'coverage.txt' }]],
      thresholds: { lines: 90 },
    },
  },
})
