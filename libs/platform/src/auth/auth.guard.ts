import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { Problem } from '../problems/problem.js'
import type { Authenticator } from './authenticator.js'
import { IS_PUBLIC, REQUIRED_SCOPES, type Authenticated, type Scope } from './decorators.js'

export const AUTHENTICATOR = Symbol('authenticator')

/** Lets nobody in by default: a route says which scopes it needs, or that it is public. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    @Inject(AUTHENTICATOR) private readonly authenticate: Authenticator,
    private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()]
    if (this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, targets)) return true
    const required = this.reflector.getAllAndOverride<readonly Scope[] | undefined>(REQUIRED_SCOPES, targets)
    if (!required?.length) throw new Problem({ type: 'forbidden', detail: 'This address is open to nobody.' })
    const request = context.switchToHttp().getRequest<Authenticated>()
    request.requester = await this.authenticate(
      { authorization: request.headers.authorization, onBehalfOf: request.headers['on-behalf-of'] },
      required,
    )
    return true
  }
}
