import { Controller, Get, Inject, Logger, ServiceUnavailableException } from '@nestjs/common'
import { HealthCheck as Documented, HealthCheckService, type HealthCheckResult, type HealthIndicatorResult } from '@nestjs/terminus'
import { ApiTags } from '@nestjs/swagger'
import { Public } from '../auth/decorators.js'
import { Problem } from '../problems/problem.js'

/** Something that must be well for the service to be ready; an informational one only tells. */
export interface HealthCheck {
  readonly name: string
  readonly informational?: boolean
  /** Five seconds without an answer count as not ok. What it throws is logged, not shown: anybody may ask. */
  check(): Promise<{ readonly ok: boolean; readonly detail: object }>
}

export const HEALTH_CHECKS = Symbol('health checks')
const patienceMs = 5000

@ApiTags('operating')
@Public()
@Controller('health')
export class HealthController {
  private readonly logger = new Logger('health')

  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HEALTH_CHECKS) private readonly checks: readonly HealthCheck[],
  ) {}

  /** The process answers: nothing more. */
  @Get('live')
  live() {
    return { status: 'ok' }
  }

  @Get('ready')
  @Documented()
  async ready(): Promise<HealthCheckResult> {
    try {
      return await this.health.check(this.checks.map((check) => () => this.indicate(check)))
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error
      throw notReady(error.getResponse() as HealthCheckResult)
    }
  }

  private async indicate(check: HealthCheck): Promise<HealthIndicatorResult> {
    const { name, informational = false } = check
    const { ok, detail } = await inTime(check).catch((error: unknown) => {
      this.logger.warn({ err: error, check: name }, 'health check failed')
      return { ok: false, detail: { error: 'failed; the log says why' } }
    })
    const status = ok || informational ? 'up' : 'down'
    return { [name]: { ...detail, ...(informational && { reachable: ok }), status } } as HealthIndicatorResult
  }
}

const inTime = async (check: HealthCheck): ReturnType<HealthCheck['check']> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMs} ms`)), patienceMs)
  })
  try {
    return await Promise.race([check.check(), late])
  } finally {
    clearTimeout(timer)
  }
}

const notReady = ({ error = {} }: HealthCheckResult): Problem =>
  new Problem({
    type: 'not-ready',
    detail: `Not well: ${Object.keys(error).join(', ') || 'the service is shutting down'}.`,
    errors: Object.fromEntries(Object.entries(error).map(([name, indicated]) => [name, [describe(indicated)]])),
  })

const describe = (indicated: object = {}): string => {
  const detail = Object.fromEntries(Object.entries(indicated).filter(([name]) => name !== 'status'))
  return Object.keys(detail).length > 0 ? `is down: ${JSON.stringify(detail)}` : 'is down'
}
