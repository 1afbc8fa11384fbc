import { Controller, Get, Inject } from '@nestjs/common'
import { HealthCheck as Documented, HealthCheckService, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus'
import { ApiTags } from '@nestjs/swagger'
import { Public } from '../auth/decorators.js'

/** Something that must be well for the service to be ready; an informational one only tells. */
export interface HealthCheck {
  readonly name: string
  readonly informational?: boolean
  check(): Promise<{ readonly ok: boolean; readonly detail: object }>
}

export const HEALTH_CHECKS = Symbol('health checks')

@ApiTags('operating')
@Public()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    @Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[],
  ) {}

  @Get('live')
  live() {
    return { status: 'ok' }
  }

  @Get('ready')
  @Documented()
  ready(): Promise<HealthCheckResult> {
    return this.health.check(this.checks.map((check) => () => indicate(check)))
  }
}

const indicate = async ({ name, informational, check }: HealthCheck): Promise<HealthIndicatorResult> => {
  const { ok, detail } = await check().catch((error: unknown) => ({ ok: false, detail: { error: (error as Error).message } }))
  return {
    [name]: { status: ok || informational ? 'up' : 'down', ...(informational && { reachable: ok }), ...detail },
  } as HealthIndicatorResult
}
