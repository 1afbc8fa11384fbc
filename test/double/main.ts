import { parseArgs } from 'node:util'
import { startDouble } from './start-double.js'

/** Runs one double in a process of its own, so that several services can share it. Prints its connection string, ends with a signal. */
const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } })
const double = await startDouble({ port: Number(values.port) })
console.log(double.url)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void double.close())
