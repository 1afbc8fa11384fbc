#!/usr/bin/env node
import { Command, Option } from 'commander'

/** Loads what a command needs when it is given: most need no framework, no store and no vendor. */
const later =
  <Given extends readonly unknown[]>(load: () => Promise<(...given: Given) => unknown>) =>
  async (...given: Given): Promise<void> =>
    void (await (
      await load()
    )(...given))

const program = new Command('room-ledger').description('Event-sourced record of live-streaming rooms.')

program
  .command('serve')
  .description('Run the service; without LIVE_BASE_URL with a sandbox of the vendor beside it. Settings: docs/reference/settings.md')
  .action(later(async () => (await import('./serve/serve.js')).serve))

program
  .command('doctor')
  .description('Look over settings, store, keys, vendor and clock, and say what to mend; changes nothing')
  .action(later(async () => (await import('./doctor/doctor.js')).doctor))

const store = 'sqlite:PATH, or an EventStoreDB connection string'
program
  .command('migrate')
  .description('Copy every event to another store, and verify the copy. Resumable: docs/how-to/migrate-to-eventstoredb.md')
  .requiredOption('--from <store>', `the store to copy, not in use by a service: ${store}`)
  .addOption(new Option('--to <store>', `where to: ${store}`).env('EVENT_STORE_URL').makeOptionMandatory())
  .action(later(async () => (await import('./migrate/migrate.js')).migrate))

program
  .command('adopt')
  .description('Take rooms into the ledger that existed before it: docs/how-to/adopt-existing-rooms.md')
  .argument('[file]', 'room ids, one a line')
  .option('--public', "the vendor's public rooms, in place of a file")
  .option('--service <url>', 'let the service that runs there do it')
  .option('--key-file <file>', 'holds the secret of an API key of that service with the scope admin')
  .action(later(async () => (await import('./adopt/adopt.js')).adopt))

program
  .command('rotate-key')
  .description(
    'Put a new key for signing checkpoints in the place of the old one, which vouches for it: docs/how-to/rotate-the-audit-key.md',
  )
  .option('--key <file>', 'the file with the key, in place of AUDIT_SIGNING_KEY_FILE')
  .option('--remove-old', 'keep only the public half of the old key')
  .action(later(async () => (await import('./rotate-key/rotate-key.js')).rotateKey))

/** Exit code 1 says that an export is not what the ledger wrote: what cannot be understood at all is another matter. */
const unusable = 2

program
  .command('export')
  .description('Fetch the record from a running service into a file; goes on where it was cut off: docs/how-to/verify-an-export.md')
  .requiredOption('--url <url>', 'where the service is')
  .requiredOption('--out <file>', 'the file; while it is not whole it is called FILE.part')
  .option('--key-file <file>', 'holds the secret of an API key with the scope audit:read')
  .option('--key-env <name>', 'the environment variable that holds it')
  .addOption(new Option('--format <format>', 'ndjson can be verified, csv read').choices(['ndjson', 'csv']).default('ndjson'))
  .option('--bom', 'csv with a byte order mark')
  .option('--room <id>', 'events of this room alone')
  .option('--account <id>', 'events that name this account')
  .option('--from <time>', 'happened at or after this time, RFC 3339')
  .option('--to <time>', 'happened before this time')
  .option('--types <names>', 'types of event, comma separated')
  .exitOverride(({ exitCode }) => process.exit(exitCode && unusable))
  .action(later(async () => (await import('./export/export.js')).exportRecord))

program
  .command('verify')
  .description('Tell whether an export is what the ledger wrote, without service and network: docs/how-to/verify-an-export.md')
  .argument('<export>', 'the file (NDJSON), or - for standard input')
  .requiredOption('--key <key>', "the ledger's public key: a file with PEM or a verifier string, or that string itself")
  .option('--checkpoint <file>', 'an older checkpoint, of which the export must be the continuation')
  .option('--rotations <file>', 'what GET /v1/audit/public-keys answered: leads from an old key to the one of today')
  .option('--origin <name>', 'the ledger that the key is of, where the key does not say so (PEM)')
  .exitOverride(({ exitCode }) => process.exit(exitCode && unusable))
  .action(later(async () => (await import('./verify/verify.js')).verify))

const projections = program
  .command('projections')
  .description('The projections of the ledger at EVENT_STORE_URL: docs/reference/command-line.md')
projections
  .command('list')
  .description('Print their names')
  .action(later(async () => (await import('./projections/projections.js')).listProjections))
projections
  .command('status')
  .description('How they are and how far; exit code 1 when one is faulted or stopped')
  .option('--json', 'print JSON')
  .action(later(async () => (await import('./projections/projections.js')).showStatus))
projections
  .command('rebuild')
  .argument('<name>', 'one of those that list prints')
  .description('Compute one anew from the beginning of the log; waits until it is done')
  .action(later(async () => (await import('./projections/projections.js')).rebuildProjection))

await program.parseAsync()
