import { Module, type DynamicModule, type Provider } from '@nestjs/common'
import { APP_FILTER, APP_GUARD } from '@nestjs/core'
import { CqrsModule } from '@nestjs/cqrs'
import { TerminusModule } from '@nestjs/terminus'
import {
  AUTHENTICATOR,
  AuthGuard,
  HEALTH_CHECKS,
  HealthController,
  loggingModule,
  MetricsController,
  ProblemFilter,
  ProblemsController,
  type Authenticator,
  type Settings,
} from '#platform'
import { AccessLogController } from './audit/access-log.controller.js'
import { AccessRecorder } from './audit/access-recorder.js'
import { AnomaliesController } from './audit/anomalies.controller.js'
import { ExportController } from './audit/export/export.controller.js'
import { ReportController } from './audit/export/report.controller.js'
import { CheckpointsController } from './audit/checkpoints.controller.js'
import { ProofsController } from './audit/proofs.controller.js'
import { PublicKeysController } from './audit/public-keys.controller.js'
import { CallbacksController } from './callbacks/callbacks.controller.js'
import { QuarantineController } from './callbacks/quarantine.controller.js'
import { CommandsController } from './commands/commands.controller.js'
import { ChangeOwnerHandler } from './commands/handlers/change-owner.handler.js'
import { CreateRoomHandler } from './commands/handlers/create-room.handler.js'
import { DestroyRoomHandler } from './commands/handlers/destroy-room.handler.js'
import { UpdateRoomHandler } from './commands/handlers/update-room.handler.js'
import { ConsumersController } from './feed/consumers.controller.js'
import { EventsController } from './feed/events.controller.js'
import { SchemasController } from './feed/schemas.controller.js'
import { OperatingController } from './operating/operating.controller.js'
import { FindOperationHandler } from './queries/handlers/find-operation.handler.js'
import { FindRoomHandler } from './queries/handlers/find-room.handler.js'
import { ListOperationsHandler } from './queries/handlers/list-operations.handler.js'
import { ListOwnershipsHandler } from './queries/handlers/list-ownerships.handler.js'
import { ListRoomsHandler } from './queries/handlers/list-rooms.handler.js'
import { ReadOwnersHandler } from './queries/handlers/read-owners.handler.js'
import { ReadRoomHistoryHandler } from './queries/handlers/read-room-history.handler.js'
import { OperationsController } from './queries/operations.controller.js'
import { RoomsController } from './queries/rooms.controller.js'
import type { Service } from './service.js'
import * as tokens from './tokens.js'

const commandHandlers = [CreateRoomHandler, UpdateRoomHandler, ChangeOwnerHandler, DestroyRoomHandler]
const queryHandlers = [
  FindRoomHandler,
  ListRoomsHandler,
  ReadRoomHistoryHandler,
  ReadOwnersHandler,
  FindOperationHandler,
  ListOperationsHandler,
  ListOwnershipsHandler,
]

export interface AppParts {
  readonly settings: Settings
  readonly service: Service
  readonly authenticator: Authenticator
}

/** Hangs the service's parts, which are plain functions and objects, into Nest: routes, guards, filters, buses. */
@Module({})
export class AppModule {
  static with({ settings, service, authenticator }: AppParts): DynamicModule {
    const values: [symbol, unknown][] = [
      [tokens.SETTINGS, settings],
      [tokens.EVENT_STORE, service.store],
      [tokens.DIRECTORY, service.directory],
      [tokens.PROJECTIONS, service.projections],
      [tokens.ROOM_LEDGER, service.ledger],
      [tokens.RUN_OPERATION, service.runOperation],
      [tokens.RECEIVE_CALLBACK, service.receiveCallback],
      [tokens.QUARANTINE, service.quarantine],
      [tokens.FRESHNESS, service.freshness],
      [tokens.SETTLE_PARTS, service.settleParts],
      [tokens.FEED, service.feed],
      [tokens.STREAMS, service.streams],
      [tokens.CONSUMERS, service.consumers],
      [tokens.AUDIT_LOG, service.auditLog],
      [tokens.AUDITOR, service.auditor],
      [tokens.CHECKPOINTS, service.checkpoints],
      [tokens.SIGNING, service.signing],
      [tokens.ACCESS_LOG, service.accessLog],
      [tokens.ANOMALIES, service.anomalies],
      [HEALTH_CHECKS, service.checks],
      [tokens.EXPORTER, service.exporter],
      [tokens.LINE_SENDER, service.lineSender],
      [AUTHENTICATOR, authenticator],
    ]
    return {
      module: AppModule,
      imports: [CqrsModule.forRoot(), TerminusModule.forRoot({ logger: false }), loggingModule(settings.logLevel)],
      controllers: [
        CommandsController,
        CallbacksController,
        QuarantineController,
        RoomsController,
        OperationsController,
        EventsController,
        ConsumersController,
        SchemasController,
        CheckpointsController,
        ProofsController,
        ExportController,
        ReportController,
        PublicKeysController,
        OperatingController,
        AccessLogController,
        AnomaliesController,
        HealthController,
        MetricsController,
        ProblemsController,
      ],
      providers: [
        ...commandHandlers,
        ...queryHandlers,
        ...values.map(([provide, useValue]): Provider => ({ provide, useValue })),
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_GUARD, useClass: AuthGuard },
        // After the one that lets in: guards run in this order.
        { provide: APP_GUARD, useClass: AccessRecorder },
      ],
    }
  }
}
