import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common'
import { Reflector } from '@nestjs/core'
import { ACCESS, type Access, type Authenticated, type Scope } from '#platform'
import { ACCESS_LOG } from '../tokens.js'
import type { AccessLog } from './access-log.js'
import { describeAccess } from './describe-access.js'

const audited: readonly Scope[] = ['audit:read', 'admin']

/**
 * Writes down each call that needs `audit:read` or `admin` once it was let in, and before anything is done or even looked at for
 * it: what cannot be recorded does not happen. Stands behind the guard that lets in, and keeps nobody out: as a guard because
 * those run before parameters are judged, so that a call that is then refused is recorded too, and cost other routes nothing.
 */
@Injectable()
export class AccessRecorder implements CanActivate {
  constructor(
    @Inject(ACCESS_LOG) private readonly log: AccessLog,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): true | Promise<true> {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()])
    if (access === undefined || access === 'public' || !access.some((scope) => audited.includes(scope))) return true
    return this.record(context.switchToHttp().getRequest<Authenticated>())
  }

  private async record(request: Authenticated): Promise<true> {
    const { requester, id } = request
    if (!requester) throw new Error('AccessRecorder stands before the guard that finds out who asks')
    await this.log.record({ requestId: id, ...describeAccess(request), requestedBy: { ...requester } })
    return true
  }
}
