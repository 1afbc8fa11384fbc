import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openSqliteEventStore } from '#event-store-sqlite'
import { openStores } from '../src/migrate/open-stores.js'
import { readAddress } from '../src/migrate/store-address.js'

describe('where a store is', () => {
  it.each([
    ['sqlite:data/room-ledger.db', 'sqlite', 'sqlite:data/room-ledger.db'],
    ['esdb://127.0.0.1:2113?tls=false', 'eventstoredb', 'esdb://127.0.0.1:2113'],
    ['esdb+discover://admin:hidden@one:2113,two:2113/?tls=true', 'eventstoredb', 'esdb+discover://one:2113,two:2113'],
    ['esdb://admin:hid/den?pass@word@one:2113?tls=true', 'eventstoredb', 'esdb://one:2113'],
    ['esdb://admin:hidden@one?tlsCAFile=/etc/a@b/ca.crt', 'eventstoredb', 'esdb://b'],
  ])('given %s, then it is %s, shown as %s', (text, kind, label) => {
    expect(readAddress('--to', text)).toMatchObject({ kind, label })
  })

  it.each(['', 'data/room-ledger.db', 'sqlite:', 'sqlite::memory:', 'esdb://', 'postgres://admin:hidden@host/db', 'kurrentdb://hidden'])(
    'given "%s", then the option is named and the text not repeated',
    (text) => {
      const read = () => readAddress('--from', text)
      expect(read).toThrow(/^--from must be sqlite:PATH, or an EventStoreDB connection string/)
      expect(read).not.toThrow(/hidden/)
    },
  )
})

describe('stores that cannot be opened', () => {
  let folder: string
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'room-ledger-migrate-'))))
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const file = (name: string) => join(folder, name)
  const open = (from: string, to: string) => openStores(readAddress('--from', from), readAddress('--to', to), () => undefined)
  const makeStore = async (name: string) => (await openSqliteEventStore(file(name))).close()
  const exists = (name: string) => open(`sqlite:${file(name)}`, `sqlite:${file('another.db')}`).then(({ close }) => close())

  it('given no file, then it says so and makes none', async () => {
    await expect(exists('missing.db')).rejects.toThrow(`--from sqlite:${file('missing.db')}: there is no such file`)
    await expect(exists('missing.db')).rejects.toThrow(/no such file/)
  })

  it('given an empty file, then it is no store', async () => {
    writeFileSync(file('empty.db'), '')
    await expect(exists('empty.db')).rejects.toThrow(/--from .*empty\.db: the file is empty/)
  })

  it('given a file of something else, then it says so', async () => {
    writeFileSync(file('notes.txt'), 'not a database, however long it may be. '.repeat(20))
    await expect(exists('notes.txt')).rejects.toThrow(/--from .*notes\.txt is not a SQLite database/)
    new DatabaseSync(file('other.db')).exec('CREATE TABLE t (x)')
    await expect(exists('other.db')).rejects.toThrow(/not one of Room Ledger/)
  })

  it('given a service that has the source open, then it says to stop it', async () => {
    const service = await openSqliteEventStore(file('busy.db'))
    await expect(exists('busy.db')).rejects.toThrow(/--from .*in use by another process.*Stop the service first/)
    await service.close()
    await exists('busy.db')
  })

  it('given one store under two names, then it is refused, and also before it is there', async () => {
    await makeStore('store.db')
    symlinkSync(file('store.db'), file('symbolic.db'))
    linkSync(file('store.db'), file('hard.db'))
    for (const other of ['store.db', './store.db', 'symbolic.db', 'hard.db'])
      await expect(open(`sqlite:${file('store.db')}`, `sqlite:${folder}/${other}`)).rejects.toThrow(/--from and --to name the same store/)
    await expect(open(`sqlite:${file('new.db')}`, `sqlite:${folder}/./new.db`)).rejects.toThrow(/same store/)
    const esdb = 'esdb://admin:hidden@one:2113'
    await expect(open(esdb, esdb)).rejects.toThrow('--from and --to name the same store: esdb://one:2113')
  })

  it('given a server that does not answer, then within 15 s the option and the address are named, and the source is free again', async () => {
    await makeStore('store.db')
    const silent = createServer(() => undefined).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    const { port } = silent.address() as AddressInfo
    const began = performance.now()
    const opening = [1, port].map(async (port, n) => {
      await makeStore(`${n}.db`)
      const error: Error = await open(`sqlite:${file(`${n}.db`)}`, `esdb://admin:hidden@127.0.0.1:${port}?tls=false`).then(
        () => expect.fail('it opened'),
        (error: Error) => error,
      )
      expect(error.message).toMatch(new RegExp(`^--to esdb://127.0.0.1:${port}: .*no server answers`))
      expect(error.message).not.toContain('hidden')
      await exists(`${n}.db`)
    })
    await Promise.all(opening)
    expect(performance.now() - began).toBeLessThan(15_000)
    silent.close()
  })

  it('given a connection string that cannot be right, then the message tells why and no password', async () => {
    await makeStore('store.db')
    const to = 'esdb://admin:hidden@one:2113?tlsVerifyCert=false'
    await expect(open(`sqlite:${file('store.db')}`, to)).rejects.toThrow(/--to esdb:\/\/one:2113: .*tlsCAFile/)
    await expect(open(`sqlite:${file('store.db')}`, to)).rejects.not.toThrow(/hidden/)
  })
})
