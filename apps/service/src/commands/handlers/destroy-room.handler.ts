import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { RUN_OPERATION } from '../../tokens.js'
import { DestroyRoom } from '../commands.js'
import type { OperationRunner } from '../operation-runner.js'

/** Has the vendor dissolve a room. */
@CommandHandler(DestroyRoom)
export class DestroyRoomHandler implements ICommandHandler<DestroyRoom> {
  constructor(@Inject(RUN_OPERATION) private readonly run: OperationRunner) {}

  execute({ asked }: DestroyRoom) {
    return this.run({ kind: 'destroy-room', ...asked, parameters: {} })
  }
}
