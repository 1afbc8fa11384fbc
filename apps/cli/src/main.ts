#!/usr/bin/env node
import { Command, Option } from 'commander'
import { migrate } from './migrate/migrate.js'
import { serve } from './serve/serve.js'

const program = new Command('room-ledger').description('Event-sourced record of live-streaming rooms.')

program
  .command('serve')
  .description('Run the service; without LIVE_BASE_URL with a sandbox of the vendor beside it. Settings: docs/reference/settings.md')
  .action(serve)

const store = 'sqlite:PATH, or an EventStoreDB connection string'
program
  .command('migrate')
  .description('Copy every event to another store, and verify the copy. Resumable: docs/how-to/migrate-to-eventstoredb.md')
  .requiredOption('--from <store>', `the store to copy, not in use by a service: ${store}`)
  .addOption(new Option('--to <store>', `where to: ${store}`).env('EVENT_STORE_URL').makeOptionMandatory())
  .action(migrate)

await program.parseAsync()
