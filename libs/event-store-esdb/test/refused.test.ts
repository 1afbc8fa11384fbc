import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { StoreUnavailable } from '#event-store'
import { startCluster, startDouble } from '../../../test/double/index.js'
import { within } from '../../event-store/test/store-fixture.js'
import { ConnectionStringRefused, openEsdbEventStore } from '../src/index.js'

// Each waits for the patience of a whole opening: so they wait together.
describe.concurrent('a server that does not answer', () => {
  it('given nobody at the address, when the store is opened, then it says so within 15 s', async () => {
    const opening = openEsdbEventStore({ connectionString: 'esdb://127.0.0.1:1?tls=false' })
    await expect(within(15_000, 'an answer', opening)).rejects.toThrow(StoreUnavailable)
  })

  it('given someone who takes connections and stays silent, when the store is opened, then it says so within 15 s', async () => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as AddressInfo
    const opening = openEsdbEventStore({ connectionString: `esdb://127.0.0.1:${port}?tls=false` })
    await expect(within(15_000, 'an answer', opening)).rejects.toThrow(StoreUnavailable)
    silent.close()
  })

  it('given a cluster of which no member answers, when the store is opened, then it says so within 15 s', async () => {
    const cluster = await startCluster(2)
    await Promise.all([cluster.stop(0), cluster.stop(1)])
    const opening = openEsdbEventStore({ connectionString: cluster.url })
    await expect(within(15_000, 'an answer', opening)).rejects.toThrow(/no server answers/)
    await cluster.close()
  })

  it.each([
    [
      'whose authority is not named',
      { tls: true },
      (url: string) => url.replace(/&tlsCAFile=.*/, ''),
      /not trusted: name the authority with tlsCAFile/,
    ],
    [
      'that speaks TLS to a client that does not',
      { tls: true },
      (url: string) => url.replace(/tls=.*/, 'tls=false'),
      /Check host, port, tls/,
    ],
    ['that does not speak TLS', {}, (url: string) => url.replace('tls=false', 'tls=true'), /needs tls=false/],
    ['of a name that nobody has', {}, (url: string) => url.replace('127.0.0.1', 'nobody.invalid'), /host name is not known/],
  ])('given a server %s, when the store is opened, then the message names the remedy', async (_, options, change, message) => {
    const double = await startDouble(options)
    const opening = openEsdbEventStore({ connectionString: change(double.url), patience: 1_000 })
    await expect(within(15_000, 'an answer', opening)).rejects.toThrow(message)
    await double.close()
  })
})

describe('a connection string that cannot be right', () => {
  it.each([
    ['http://127.0.0.1:2113', /must begin with esdb/],
    ['esdb://', /cannot be read/],
    ['esdb://user:secret@host:port?tls=perhaps', /connection string/],
    ['esdb://host:2113?tlsVerifyCert=false', /tlsCAFile/],
    ['esdb://host:2113?throwOnAppendFailure=false', /throwOnAppendFailure/],
    ['esdb://user:secret@host:2113?tls=true&tlsCAFile=/nowhere/ca.crt', /names a file that is not there/],
  ])('given %s, when the store is opened, then the message names what is wrong and no password', async (connectionString, message) => {
    const error: unknown = await openEsdbEventStore({ connectionString }).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ConnectionStringRefused)
    expect(String(error)).toMatch(message)
    expect(String(error)).not.toContain('secret')
  })
})
