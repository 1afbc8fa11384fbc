import { withstandsFuzz } from '../support/chaos/fuzz/fuzz-suite.js'

withstandsFuzz({ requests: 100_000, quietMs: 3_000, longestMs: 1_800_000 })
