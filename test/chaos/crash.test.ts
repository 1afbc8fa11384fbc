import { survivesCrashes } from '../support/chaos/crash-suite.js'

survivesCrashes({ kills: 3, livesMs: 1000, longestMs: 300_000 })
