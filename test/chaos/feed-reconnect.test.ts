import { readersMissNothing } from '../support/chaos/feed-reconnect-suite.js'

readersMissNothing({ reconnects: 15, restarts: 2, livesMs: 2500, longestMs: 120_000 })
