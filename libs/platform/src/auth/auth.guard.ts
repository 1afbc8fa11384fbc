import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { Problem } from '../problems/problem.js'
import type { Authenticator } from './authenticator.js'
import { ACCESS, type Access, type Authenticated } from './decorators.js'

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
    request.requester = await this.authenticate({ authorization, onBehalfOf, client: request.ip }, access)
    return true
  }
}
