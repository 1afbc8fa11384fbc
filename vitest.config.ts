import { defineConfig } from 'vitest/config'

/** Source is run as it is written: package imports (`#room`, …) resolve to TypeScript, not to the build. */
export const conditions = ['source', 'node', 'import', 'default']

const real = process.env['TEST_EVENTSTORE_URL'] !== undefined
const service = ['test/{e2e,chaos}/**/*.test.ts']

/**
 * The service is tested on both stores. One real server is shared by all files, whose services would settle each other's
 * operations: they go one after another there.
 */
const projects = [
  {
    extends: true as const,
    test: { name: 'parts', include: ['{apps,libs}/*/test/**/*.test.ts', 'test/{architecture,deploy,equality,support}/**/*.test.ts'] },
  },
  {
    extends: true as const,
    // What lets a store fail, or shares it, needs one beyond the process.
    test: {
      name: 'service on SQLite',
      include: [...service, 'test/browser/**/*.test.ts'],
      exclude: ['test/chaos/{store-faults,instances}.test.ts', 'test/e2e/{store-refused,how-to-store}.test.ts'],
      env: { TEST_ENGINE: 'sqlite' },
    },
  },
  {
    extends: true as const,
    test: {
      name: real ? 'service on EventStoreDB' : 'service on a protocol double of EventStoreDB',
      include: service,
      env: { TEST_ENGINE: 'eventstoredb' },
      // What is about a file, or has one of its own. A real server cannot be told to refuse.
      exclude: [
        'test/chaos/{crash,fuzz,torn-file,flood,disk-full,damaged-files,feed-never-reads,feed-fanout,altered-export}.test.ts',
        'test/e2e/{audit-backup,audit-keys,auditors-walk}.test.ts',
        ...(real ? ['test/e2e/store-refused.test.ts'] : []),
      ],
      ...(real && { maxWorkers: 1, sequence: { groupOrder: 1 } }),
    },
  },
]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    projects,
    // Much of the time is spent waiting: for a disk, a process, a time-out under test.
    maxWorkers: 3,
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
