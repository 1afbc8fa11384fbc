import 'reflect-metadata'
import { Body, Controller, Get, Module, Param, Patch, Post, Put, Query, type Type as Class } from '@nestjs/common'
import { APP_FILTER, APP_GUARD } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { TerminusModule } from '@nestjs/terminus'
import { Test } from '@nestjs/testing'
import { Type } from 'class-transformer'
import { IsInt, IsString, ValidateNested } from 'class-validator'
import { Logger } from 'nestjs-pino'
import request from 'supertest'
import {
  AUTHENTICATOR,
  AuthGuard,
  fastifyOptions,
  HEALTH_CHECKS,
  HealthController,
  loggingModule,
  MaxBytes,
  measureRequests,
  MetricsController,
  NoControlCharacters,
  Optional,
  ProblemFilter,
  ProblemsController,
  Public,
  refuseDoubledParameters,
  refuseWhileClosing,
  registerStrictJson,
  serveOpenApi,
  validation,
  type Authenticator,
  type HealthCheck,
} from '../../src/index.js'

class Inner {
  @IsInt() size: number
}
class ThingBody {
  @IsString() @NoControlCharacters() @MaxBytes(8) name: string
  @Optional() @IsInt() count?: number
  @Optional() @ValidateNested() @Type(() => Inner) inner?: Inner
}
class ThingChange {
  @Optional() @IsString() note?: string
}
class ThingQuery {
  @Optional() @IsString() q?: string
}

/** Stands for the service's controllers: it gives back what got through to it. */
@Controller('v1/things')
@Public()
export class ThingsController {
  @Post() make(@Body() body: ThingBody) {
    return { ...body }
  }
  @Patch(':id') change(@Param('id') id: string, @Body() body: ThingChange) {
    return { id, ...body }
  }
  @Put(':id') touch(@Param('id') id: string) {
    return { id }
  }
  @Get() list(@Query() query: ThingQuery) {
    return { ...query }
  }
}

export interface AppParts {
  readonly controllers?: readonly Class[]
  readonly authenticator?: Authenticator
  readonly checks?: readonly HealthCheck[]
}

export interface RunningApp {
  readonly app: NestFastifyApplication
  readonly http: ReturnType<typeof request>
  /** What was logged so far, line by line. */
  readonly logged: () => readonly Record<string, unknown>[]
  /** The same as text, to look for what must not be there. */
  readonly log: () => string
}

@Module({})
class TestModule {}

/** nestjs-pino keeps the first logger of a process: all applications of a test file log to one place. */
const lines: string[] = []

const nobody: Authenticator = () => Promise.reject(new Error('no authenticator in this test'))

/** A small real application, put together as the service is. */
export const startApp = async ({ controllers = [], authenticator = nobody, checks = [] }: AppParts = {}): Promise<RunningApp> => {
  lines.length = 0
  const module = {
    module: TestModule,
    imports: [TerminusModule.forRoot({ logger: false }), loggingModule('debug', { write: (line: string) => void lines.push(line) })],
    controllers: [ThingsController, HealthController, MetricsController, ProblemsController, ...controllers],
    providers: [
      { provide: APP_FILTER, useClass: ProblemFilter },
      { provide: APP_GUARD, useClass: AuthGuard },
      { provide: AUTHENTICATOR, useValue: authenticator },
      { provide: HEALTH_CHECKS, useValue: checks },
    ],
  }
  const testing = await Test.createTestingModule({ imports: [module] }).compile()
  const adapter = new FastifyAdapter({ ...fastifyOptions })
  const app = testing.createNestApplication<NestFastifyApplication>(adapter, { bodyParser: false, bufferLogs: true })
  const fastify = adapter.getInstance()
  app.useLogger(app.get(Logger))
  refuseWhileClosing(fastify)
  refuseDoubledParameters(fastify)
  registerStrictJson(fastify, { isRaw: (url) => url.startsWith('/raw') })
  measureRequests(fastify)
  app.useGlobalPipes(validation)
  serveOpenApi(app, { title: 'Things', description: 'Things.', version: '1' })
  await app.init()
  await fastify.ready()
  return {
    app,
    http: request(app.getHttpServer()),
    logged: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>),
    log: () => lines.join(''),
  }
}
