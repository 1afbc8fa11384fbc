import { randomUUID } from 'node:crypto'
import type { DynamicModule } from '@nestjs/common'
import { LoggerModule } from 'nestjs-pino'
import { publicPath } from '../http/public-path.js'

/** JSON lines on stdout: no bodies, no queries, no headers, so no secret can get in. */
export const loggingModule = (level: string): DynamicModule =>
  LoggerModule.forRoot({
    pinoHttp: {
      level,
      genReqId: (request, response) => {
        const given = request.headers['x-request-id']
        const id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
        response.setHeader('X-Request-Id', id)
        return id
      },
      serializers: {
        req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, path: publicPath(url) }),
        res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
      },
      customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
    },
  })
