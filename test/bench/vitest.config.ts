import { defineConfig, mergeConfig } from 'vitest/config'
import { conditions } from '../../vitest.config.js'

/** Measurements: one after another, nothing else beside them, and long. */
export default mergeConfig(
  { resolve: { conditions }, ssr: { resolve: { conditions } } },
  defineConfig({
    test: { include: ['test/bench/*.bench.ts'], fileParallelism: false, testTimeout: 600_000, hookTimeout: 120_000 },
  }),
)
