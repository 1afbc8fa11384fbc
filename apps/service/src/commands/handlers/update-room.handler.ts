import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { RUN_OPERATION } from '../../tokens.js'
import { UpdateRoom } from '../commands.js'
import type { OperationRunner } from '../operation-runner.js'

/** Has the vendor change attributes of a room. */
@CommandHandler(UpdateRoom)
export class UpdateRoomHandler implements ICommandHandler<UpdateRoom> {
  constructor(@Inject(RUN_OPERATION) private readonly run: OperationRunner) {}

  execute({ asked, parameters }: UpdateRoom) {
    return this.run({ kind: 'update-room', ...asked, parameters })
  }
}
