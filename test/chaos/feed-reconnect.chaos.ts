import { readersMissNothing } from '../support/chaos/feed-reconnect-suite.js'

readersMissNothing({ reconnects: 200, restarts: 10, livesMs: 8000, longestMs: 600_000 })
