#!/usr/bin/env node
import { Command, Option } from 'commander'
import { adopt } from './adopt/adopt.js'
import { doctor } from './doctor/doctor.js'
import { migrate } from './migrate/migrate.js'
import { listProjections, rebuildProjection, showStatus } from './projections/projections.js'
import { rotateKey } from './rotate-key/rotate-key.js'
import { serve } from './serve/serve.js'

const program = new Command('room-ledger').description('Event-sourced record of live-streaming rooms.')

program
  .command('serve')
  .description('Run the service; without LIVE_BASE_URL with a sandbox of the vendor beside it. Settings: docs/reference/settings.md')
  .action(serve)

program
  .command('doctor')
  .description('Look over settings, store, keys, vendor and clock, and say what to mend; changes nothing')
  .action(doctor)

const store = 'sqlite:PATH, or an EventStoreDB connection string'
program
  .command('migrate')
  .description('Copy every event to another store, and verify the copy. Resumable: docs/how-to/migrate-to-eventstoredb.md')
  .requiredOption('--from <store>', `the store to copy, not in use by a service: ${store}`)
  .addOption(new Option('--to <store>', `where to: ${store}`).env('EVENT_STORE_URL').makeOptionMandatory())
  .action(migrate)

program
  .command('adopt')
  .description('Take rooms into the ledger that existed before it: docs/how-to/adopt-existing-rooms.md')
  .argument('[file]', 'room ids, one a line')
  .option('--public', "the vendor's public rooms, in place of a file")
  .option('--service <url>', 'let the service that runs there do it')
  .option('--key-file <file>', 'holds the secret of an API key of that service with the scope admin')
  .action(adopt)

program
  .command('rotate-key')
  .description(
    'Put a new key for signing checkpoints in the place of the old one, which vouches for it: docs/how-to/rotate-the-audit-key.md',
  )
  .option('--key <file>', 'the file with the key, in place of AUDIT_SIGNING_KEY_FILE')
  .option('--remove-old', 'keep only the public half of the old key')
  .action(rotateKey)

const projections = program
  .command('projections')
  .description('The projections of the ledger at EVENT_STORE_URL: docs/reference/command-line.md')
projections.command('list').description('Print their names').action(listProjections)
projections
  .command('status')
  .description('How they are and how far; exit code 1 when one is faulted or stopped')
  .option('--json', 'print JSON')
  .action(showStatus)
projections
  .command('rebuild')
  .argument('<name>', 'one of those that list prints')
  .description('Compute one anew from the beginning of the log; waits until it is done')
  .action((name: string) => rebuildProjection(name))

await program.parseAsync()
