import { EventStoreDBClient } from '@eventstore/db-client'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDouble, type Double, type DoubleOptions } from '../double/index.js'
import { keyForTests } from '../support/audit-key.js'
import { buildProgram, serve, writeKey, type Program } from '../support/program.js'
import { adminAccount, sdkAppId, secretKey, token } from '../support/world.js'

/** Milliseconds from the start of the program to its end, loading included. */
const longest = 15_000
const secret = 'hidden-password'
const users = {
  admin: { password: 'changeit', groups: ['$admins'] },
  guest: { password: secret, groups: [] },
  reader: { password: secret, groups: [] },
}

interface Case {
  readonly name: string
  /** Prepares what the connection string that it returns leads to. */
  readonly url: () => string | Promise<string>
  readonly code: 1 | 78
  /** What to do about it. */
  readonly remedy: RegExp
  /** Until there is no more patience: begun before all others, which run meanwhile. */
  readonly waits?: true
}

describe('a service whose EventStoreDB cannot be used', () => {
  let build: string
  let folder: string
  let key: string
  let acls: Double
  const begun = new Map<Case, Promise<Program>>()
  const doubles: Double[] = []
  const programs: Program[] = []
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'room-ledger-refused-'))
    key = (await writeKey(folder)).file
    acls = await withAcls()
    build = await buildProgram()
    // Each when the one before has had as long as a program takes to load that is refused at once: measured is a start, not a crowd.
    for (const each of cases) {
      if (!each.waits) continue
      begun.set(each, begin(each))
      const pace = await start('esdb://')
      await pace.ended
    }
  }, 120_000)
  afterAll(async () => {
    for (const program of programs) program.kill('SIGKILL')
    await Promise.all(programs.map(({ ended }) => ended))
    await Promise.all(doubles.map((double) => double.close()))
    await Promise.all([build, folder].map((path) => rm(path, { recursive: true, force: true })))
  })

  const double = async (options: DoubleOptions = {}): Promise<Double> => {
    const made = await startDouble(options)
    doubles.push(made)
    return made
  }
  /** One server whose ACLs let `reader` read all that the service does, but not write, and `guest` not even that. */
  const withAcls = async (): Promise<Double> => {
    const server = await double({ tls: true, users })
    const admin = EventStoreDBClient.connectionString(server.urlAs('admin', 'changeit'))
    for (const stream of ['$all', '$projections-$all', '$projections-room-history', '$projections-owner-trail', '$ce-room'])
      await admin.setStreamMetadata(stream, { acl: { readRoles: ['reader'] } })
    await admin.setStreamMetadata('projectionDeployments', { acl: { writeRoles: ['$admins'] } })
    await admin.dispose()
    return server
  }
  /** By name, as TLS wants it: Node warns of an address. */
  const named = (url: string): string => url.replace('127.0.0.1', 'localhost')
  const start = async (url: string): Promise<Program> => {
    const cwd = await mkdtemp(join(folder, 'run-'))
    const program = serve(build, cwd, {
      PORT: '0',
      DATA_DIR: cwd,
      EVENT_STORE_URL: named(url),
      AUDIT_SIGNING_KEY_FILE: keyForTests(),
      LIVE_BASE_URL: 'http://127.0.0.1:1',
      LIVE_SDK_APP_ID: String(sdkAppId),
      LIVE_ADMIN_ACCOUNT: adminAccount,
      LIVE_SECRET_KEY: secretKey,
      LIVE_CALLBACK_TOKEN: token,
      API_KEYS_FILE: key,
    })
    programs.push(program)
    return program
  }

  const begin = async ({ url }: Case): Promise<Program> => start(await url())

  const at = (host: string) => `esdb://guest:${secret}@${host}`
  const cases: readonly Case[] = [
    { name: 'a scheme of another store', url: () => `postgres://guest:${secret}@host/db`, code: 78, remedy: /must be sqlite:PATH, or an/ },
    { name: 'a port that is none', url: () => at('host:port?tls=true'), code: 78, remedy: /cannot be read. Like esdb:\/\// },
    {
      name: 'an option without effect',
      url: () => at('host:2113?tlsVerifyCert=false'),
      code: 78,
      remedy: /name the authority with tlsCAFile/,
    },
    {
      name: 'a CA file that is not there',
      url: () => at('host:2113?tlsCAFile=/nowhere/ca.crt'),
      code: 78,
      remedy: /a file that is not there/,
    },
    {
      name: 'a wrong password',
      url: async () => (await double({ tls: true, users })).urlAs('admin', secret),
      code: 1,
      remedy: /access denied. Check user and password/,
    },
    {
      name: 'a server that runs no projections',
      url: async () => (await double({ projections: 'none' })).url,
      code: 1,
      remedy: /Start .* EVENTSTORE_RUN_PROJECTIONS=All/,
    },
    {
      name: 'a user who may not manage projections',
      url: async () => {
        const server = await double()
        server.faults.always({ kind: 'denied', on: 'projections' })
        return server.url
      },
      code: 1,
      remedy: /may not manage projections. Name one of the group \$admins/,
    },
    {
      name: 'an ACL that keeps the log',
      url: () => acls.urlAs('guest', secret),
      code: 1,
      remedy: /ACLs.* has to read \$all/,
    },
    {
      name: 'an ACL that keeps a stream from being written',
      url: () => acls.urlAs('reader', secret),
      code: 1,
      remedy: /access denied. .*ACLs.* read and write the streams/,
    },
    {
      name: 'nobody at the address',
      url: () => at('127.0.0.1:1?tls=true'),
      code: 1,
      remedy: /no server answers. Check host, port, tls/,
      waits: true,
    },
    {
      name: 'a host that nobody knows',
      url: () => at('nobody.invalid:2113?tls=true'),
      code: 1,
      remedy: /host name is not known/,
      waits: true,
    },
    {
      name: 'a server with TLS whose authority is not named',
      url: async () => (await double({ tls: true, users })).urlAs('guest', secret).replace(/&tlsCAFile=.*/, ''),
      code: 1,
      remedy: /certificate is not trusted: name the authority with tlsCAFile/,
      waits: true,
    },
    {
      name: 'tls=true for a server without TLS',
      url: async () => (await double()).urlAs('guest', secret).replace('tls=false', 'tls=true'),
      code: 1,
      remedy: /does not speak TLS: .* needs tls=false/,
      waits: true,
    },
    {
      name: 'a server that is lost once the store is open',
      url: async () => {
        const server = await double()
        server.faults.always({ kind: 'unavailable', on: 'projections' })
        return server.url
      },
      code: 1,
      remedy: /no server answers. Check host, port, tls/,
      waits: true,
    },
  ]

  it.concurrent.each(cases)(
    'given $name, then one message names the setting and the remedy, no password, and the exit code is $code',
    { timeout: 60_000 },
    async (each) => {
      const { code, remedy } = each
      const program = await (begun.get(each) ?? begin(each))
      const { afterMs, ...ended } = await program.ended
      const message = program.stderr()
      expect(ended).toEqual({ code, signal: null })
      expect(message).toMatch(remedy)
      const [first, ...more] = message.trimEnd().split('\n')
      expect(code === 78 ? more[0] : first).toMatch(/^ *EVENT_STORE_URL:? (?!EVENT_STORE_URL)/)
      expect(message).not.toMatch(/EVENT_STORE_URL.*EVENT_STORE_URL/)
      expect(more).toHaveLength(code === 78 ? 2 : 0)
      expect(program.output()).not.toContain(secret)
      expect(program.output()).not.toMatch(/^\s+at |\\n\s+at /m)
      expect(program.stdout()).not.toMatch(/listening|started/)
      expect(afterMs).toBeLessThanOrEqual(longest)
    },
  )
})
