import { parseArgs } from 'node:util'
import { startDouble } from './start-double.js'

/**
 * Runs one double in a process of its own, so that several services can share it; prints its connection string, ends with
 * a signal, and forgets everything.
 *
 * @example
 * node --conditions=source --experimental-transform-types --import ./test/support/run-typescript.mjs test/double/main.ts --port 2113
 */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const double = await startDouble({ port: Number(values.port) })
console.log(double.url)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void double.close())
