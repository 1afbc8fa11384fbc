import { withstandsFuzz } from '../support/chaos/fuzz/fuzz-suite.js'

withstandsFuzz({ requests: 2_000, quietMs: 500, longestMs: 300_000 })
