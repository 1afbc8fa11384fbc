import { Controller, Get, Header } from '@nestjs/common'
import { ApiExcludeController } from '@nestjs/swagger'
import type { FastifyInstance } from 'fastify'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { Public } from '../auth/decorators.js'

export const registry = new Registry()
collectDefaultMetrics({ register: registry })

/**
 * Declares a counter in the service's one registry, once, where a module loads.
 * @example export const callbacksReceived = counter('callbacks_total', 'Callbacks by what became of them', ['result'])
 */
export const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[]): Counter<Label> =>
  new Counter({ name, help, labelNames, registers: [registry] })

/** Declares a value that goes up and down. @param read asked whenever somebody looks at the metrics; may be slow, may not fail. */
export const gauge = (name: string, help: string, read: () => number | Promise<number>): Gauge =>
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await read())
    },
  })

const labelNames = ['method', 'route', 'status'] as const
const total = counter('http_requests_total', 'Requests by route, method and status', labelNames)
const duration = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'How long requests took, by route, method and status',
  labelNames,
  buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
  registers: [registry],
})

/** Measures every request, by the template of its route: ids and secrets in a path are no labels. */
export const measureRequests = (fastify: FastifyInstance): void => {
  fastify.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? 'none', status: String(reply.statusCode) }
    total.inc(labels)
    duration.observe(labels, reply.elapsedTime / 1000)
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
