import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { RUN_OPERATION } from '../../tokens.js'
import { CreateRoom } from '../commands.js'
import type { OperationRunner } from '../operation-runner.js'

/** Has the vendor open a room. */
@CommandHandler(CreateRoom)
export class CreateRoomHandler implements ICommandHandler<CreateRoom> {
  constructor(@Inject(RUN_OPERATION) private readonly run: OperationRunner) {}

  execute({ asked, parameters }: CreateRoom) {
    return this.run({ kind: 'create-room', ...asked, parameters })
  }
}
