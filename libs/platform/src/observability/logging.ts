import { randomUUID } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { Inject, Module, RequestMethod, type DynamicModule, type OnModuleInit } from '@nestjs/common'
import { HttpAdapterHost } from '@nestjs/core'
import type { FastifyInstance } from 'fastify'
import { LoggerModule } from 'nestjs-pino'
import type { DestinationStream } from 'pino'
import { publicPath } from '../http/public-path.js'
import { describeError, scrub, secretNames } from './secrets.js'

const quiet = new WeakSet<object>()

/** Its answer is logged at `debug` even where it is a 5xx: what is refused by the thousand is told in sum. */
export const logQuietly = (response: ServerResponse): void => void quiet.add(response)

/**
 * JSON lines on stdout: no bodies, no queries, no headers, so no secret gets in; where code logs an object that holds one all
 * the same, it is blanked. Requests are logged at `debug`, failed ones (5xx) at `error`.
 * @param level e.g. `info`.
 * @param destination default: stdout.
 */
export const loggingModule = (level: string, destination?: DestinationStream): DynamicModule => {
  const options = {
    level,
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, path: publicPath(url) }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      err: describeError,
    },
    hooks: { streamWrite: scrub },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`].map(quoteLast)), censor: '[redacted]' },
    customLogLevel: (_request: unknown, response: { statusCode: number }, error?: Error) =>
      !quiet.has(response) && (error || response.statusCode >= 500) ? ('error' as const) : ('debug' as const),
  }
  return {
    module: RequestIds,
    imports: [LoggerModule.forRoot({ pinoHttp: destination ? [options, destination] : options, forRoutes: everywhere })],
  }
}

/** nestjs-pino's own pattern, `{/*splat}`, matches no request in Nest's Fastify adapter. */
const everywhere = [{ path: '{*splat}', method: RequestMethod.ALL }]

/** pino's paths want brackets for names with a dash. */
const quoteLast = (path: string): string => path.replace(/\.?([\w]*-[\w-]*)$/, '["$1"]')

/** One id for a request, in the log, in problem reports and in the answer: the caller's own `X-Request-Id`, if it is a sane one. */
@Module({})
class RequestIds implements OnModuleInit {
  constructor(@Inject(HttpAdapterHost) private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>()
    fastify.setGenReqId(({ headers }) => {
      const given = headers['x-request-id']
      return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
    })
    fastify.addHook('onSend', async (request, reply) => void reply.header('X-Request-Id', request.id))
  }
}
