import { run } from './run.js'

/** The service by itself; `room-ledger serve` adds a sandbox where no vendor is set. */
// eslint-disable-next-line node/no-process-env
await run(process.env)
