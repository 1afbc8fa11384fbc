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

export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>
  readonly value: number
}

/** Milliseconds: a look at the metrics must not hang on what is asked for a value. */
const patienceMs = 2_000

/**
 * Declares a value that goes up and down. A name that is declared again takes the place of the former: the service that
 * started last in a process is the one that is told of.
 * @param read asked whenever somebody looks at the metrics. While it fails, or takes longer than 2 s, there is no value.
 */
export const gauge = (name: string, help: string, read: () => number | Promise<number>): void =>
  gauges(name, help, [], async () => [{ labels: {}, value: await read() }])

/**
 * The same with one value for each of several things, told apart by labels.
 * @example gauges('room_ledger_projection_lag', 'Events behind', ['projection'], async () => [{ labels: { projection: 'owner-trail' }, value: 3 }])
 */
export const gauges = <Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  read: () => Promise<readonly Sample<Label>[]>,
): void => {
  registry.removeSingleMetric(name)
  const declared: Gauge<Label> = new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    collect: async () => {
      const samples = await inTime(read).catch(() => [])
      // An old value would look like a present one.
      declared.reset()
      if (labelNames.length === 0) declared.remove()
      for (const { labels, value } of samples) declared.set(labels, value)
    },
  })
}

const inTime = async <Value>(read: () => Promise<Value>): Promise<Value> => {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no value within ${patienceMs} ms`)), patienceMs)
  })
  try {
    return await Promise.race([read(), late])
  } finally {
    clearTimeout(timer)
  }
}

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
