import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common'
import { ApiBearerAuth } from '@nestjs/swagger'
import { applyDecorators } from '@nestjs/common'
import type { FastifyRequest } from 'fastify'

export const scopes = ['rooms:read', 'rooms:command', 'events:read', 'audit:read', 'admin'] as const
export type Scope = (typeof scopes)[number]

/** Who asked, and for whom they say they act. */
export interface Requester {
  readonly kind: 'apiKey' | 'oidc'
  readonly id: string
  readonly onBehalfOf?: string
}

export const REQUIRED_SCOPES = 'room-ledger:scopes'
export const IS_PUBLIC = 'room-ledger:public'

/** Open to everybody. A route with neither this nor `RequireScopes` is closed to all. */
export const Public = () => SetMetadata(IS_PUBLIC, true)

/** Needs every one of these scopes; none implies another. */
export const RequireScopes = (...required: Scope[]) => applyDecorators(SetMetadata(REQUIRED_SCOPES, required), ApiBearerAuth())

export interface Authenticated extends FastifyRequest {
  requester?: Requester
}

/** Who asked, as the guard found out. */
export const CurrentRequester = createParamDecorator(
  (_: unknown, context: ExecutionContext): Requester => context.switchToHttp().getRequest<Authenticated>().requester!,
)
