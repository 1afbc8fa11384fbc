import { Command } from '@nestjs/cqrs'
import type { Operation, OperationParameters, Requester } from '#room'
import type { CommandHeaders } from './headers.js'

/** What every command carries beside its own parameters. */
export interface Asked extends CommandHeaders {
  readonly roomId: string
  readonly reason?: string | undefined
  readonly requestedBy: Requester
}

export class CreateRoom extends Command<Operation> {
  constructor(
    readonly asked: Asked,
    readonly parameters: OperationParameters,
  ) {
    super()
  }
}

export class UpdateRoom extends Command<Operation> {
  constructor(
    readonly asked: Asked,
    readonly parameters: OperationParameters,
  ) {
    super()
  }
}

export class ChangeOwner extends Command<Operation> {
  constructor(
    readonly asked: Asked,
    readonly newOwner: string,
  ) {
    super()
  }
}

export class DestroyRoom extends Command<Operation> {
  constructor(readonly asked: Asked) {
    super()
  }
}
