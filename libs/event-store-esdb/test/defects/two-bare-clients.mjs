// Run by defects.test.ts in a process of its own, since it shows how the bare client ends a process:
// two clients, one of which loses its server while both have appends under way.
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client'

const [healthy, dying] = process.argv.slice(2).map((url) => EventStoreDBClient.connectionString(url))
const append = (client) => client.appendToStream('room-1', jsonEvent({ type: 'T', data: {} })).catch((error) => error.code)

// So that both have their batch call open before anything goes wrong.
await Promise.all([append(healthy), append(dying)])
await Promise.all([append(healthy), append(dying)])
setTimeout(() => process.exit(0), 3_000)
