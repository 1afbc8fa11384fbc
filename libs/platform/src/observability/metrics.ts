import { Controller, Get, Header } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client'
import { Public } from '../auth/decorators.js'

export const registry = new Registry()
collectDefaultMetrics({ register: registry })

/** Declares a counter in the service's one registry. */
export const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
  new Counter({ name, help, labelNames, registers: [registry] })

const requests = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Requests by route, method and status',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  registers: [registry],
})

/** Measures every request, by the template of its route: ids and secrets in a path are no labels. */
export const measureRequests = (fastify: FastifyInstance): void => {
  fastify.addHook('onResponse', async (request, reply) => {
    requests.observe(
      { method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) },
      reply.elapsedTime / 1000,
    )
  })
}

@ApiExcludeController()
@Public()
@Controller('metrics')
export class MetricsController {
  @Get()
  @Header('Content-Type', registry.contentType)
  metrics(): Promise<string> {
    return registry.metrics()
  }
}
