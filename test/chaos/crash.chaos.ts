import { survivesCrashes } from '../support/chaos/crash-suite.js'

survivesCrashes({ kills: 50, livesMs: 3000, longestMs: 1_800_000 })
