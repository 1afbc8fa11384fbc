import { withEnvFile } from '#platform'
import { run } from './run.js'

/** The service by itself; `room-ledger serve` adds a sandbox where no vendor is set. */
// oxlint-disable-next-line node/no-process-env -- where a program begins
await run(withEnvFile(process.env, '.env'))
