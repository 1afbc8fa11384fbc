import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import type { FastifyReply } from 'fastify'
import { Problem } from '../problems/problem.js'
import type { Authenticator } from './authenticator.js'
import { ACCESS, type Access, type Authenticated } from './decorators.js'
import { KEY_IN_QUERY, queryParameter } from './key-in-query.js'

export const AUTHENTICATOR = Symbol('authenticator')

/** Lets nobody in by default: a route says which scopes it needs, or that it is public. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticate: Authenticator,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()])
    if (access === 'public') return true
    if (!access?.length) throw new Problem({ type: 'forbidden', detail: 'This address is open to nobody.' })
    const request = context.switchToHttp().getRequest<Authenticated>()
    const { authorization, 'on-behalf-of': onBehalfOf } = request.headers
    const keyInQuery = this.keyInQuery(context, request)
    // Before it is known whether it counts: a refusal is kept nowhere either.
    if (keyInQuery !== undefined) context.switchToHttp().getResponse<FastifyReply>().header('Cache-Control', 'no-store')
    request.authenticateAgain = () => this.authenticate({ authorization, keyInQuery, onBehalfOf, client: request.ip }, access)
    request.requester = await request.authenticateAgain()
    return true
  }

  private keyInQuery(context: ExecutionContext, { query }: Authenticated): string | undefined {
    if (this.reflector.get<boolean | undefined>(KEY_IN_QUERY, context.getHandler()) !== true) return undefined
    const given = (query as Readonly<Record<string, unknown>>)[queryParameter]
    return given === undefined ? undefined : String(given)
  }
}
