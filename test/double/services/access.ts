import type { Metadata } from '@grpc/grpc-js'
import type { Log } from '../log/log.js'
import { isMetastream, originalOf } from '../log/stream-metadata.js'
import { failures } from '../wire/failures.js'

export interface User {
  readonly password: string
  readonly groups: readonly string[]
}

/** Left out, as on a server that is started insecure: everybody may do everything. */
export type Users = Readonly<Record<string, User>>

export type Right = '$r' | '$w' | '$d'

export interface Access {
  /** @throws Failure where who calls may not do that to the stream */
  check(call: Metadata, stream: string, right: Right): void
  /** Projections are for those who have logged in, or for admins alone. @throws Failure for everybody else */
  checkUser(call: Metadata, whom: 'anyUser' | 'admin'): void
}

const everybody = '$all'
const admins = '$admins'

/** Users by name and password, and ACLs as they stand in the metadata of streams. */
export const createAccess = (log: Log, users: Users | undefined): Access => {
  const rolesOf = (call: Metadata): readonly string[] => {
    const header = call.get('authorization')[0]
    if (header === undefined) return [everybody]
    const [name = '', password] = Buffer.from(String(header).replace(/^Basic /, ''), 'base64')
      .toString('utf8')
      .split(/:(.*)/s)
    const user = users?.[name]
    if (!user || user.password !== password) throw failures.unauthenticated()
    return [everybody, name, ...user.groups]
  }
  return {
    checkUser: (call, whom) => {
      if (!users) return
      const roles = rolesOf(call)
      if (whom === 'admin' ? !roles.includes(admins) : roles.length < 2) throw failures.accessDenied()
    },
    check: (call, stream, right) => {
      if (!users) return
      const roles = rolesOf(call)
      if (roles.includes(admins)) return
      const meta = isMetastream(stream)
      const acl = log.metadata(meta ? originalOf(stream) : stream).acl ?? {}
      const wanted = acl[meta && right !== '$d' ? right.replace('$', '$m') : right] ?? (stream.startsWith('$') ? admins : everybody)
      if (![wanted].flat().some((role) => roles.includes(role))) throw failures.accessDenied()
    },
  }
}
