import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common'
import { ApiBearerAuth } from '@nestjs/swagger'
import type { FastifyRequest } from 'fastify'

export const scopes = ['rooms:read', 'rooms:command', 'events:read', 'audit:read', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** Who asked, and for whom they say they act. */
export interface Requester {
  readonly kind: 'apiKey' | 'oidc'
  readonly id: string
  readonly onBehalfOf?: string
}

/** One mark for both, so that the one on a method always wins over the one on its class. */
export const ACCESS = 'room-ledger:access'
export type Access = 'public' | readonly Scope[]

/** Open to everybody. A route with neither this nor `RequireScopes` is closed to all. */
export const Public = () => SetMetadata<string, Access>(ACCESS, 'public')

/**
 * Needs every one of these scopes; none implies another.
 * @example @RequireScopes('rooms:read') @Get() list() {}
 */
export const RequireScopes = (...required: readonly [Scope, ...Scope[]]) =>
  applyDecorators(SetMetadata<string, Access>(ACCESS, required), ApiBearerAuth())

export interface Authenticated extends FastifyRequest {
  requester?: Requester
  /** For an answer that lasts: rejects once the credential no longer holds, or no longer reaches so far. */
  authenticateAgain?: () => Promise<Requester>
}

/** Who asked, as the guard found out; only on routes that require scopes. */
export const CurrentRequester = createParamDecorator((_: unknown, context: ExecutionContext): Requester => {
  const { requester } = context.switchToHttp().getRequest<Authenticated>()
  if (!requester) throw new Error('CurrentRequester stands on a route that requires no scope')
  return requester
})
