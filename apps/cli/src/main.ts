#!/usr/bin/env node
import { Command } from 'commander'
import { serve } from './serve/serve.js'

const program = new Command('room-ledger').description('Event-sourced record of live-streaming rooms.')

program
  .command('serve')
  .description('Run the service; without LIVE_BASE_URL with a sandbox of the vendor beside it. Settings: docs/reference/settings.md')
  .action(serve)

await program.parseAsync()
