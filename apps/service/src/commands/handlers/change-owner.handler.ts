import { Inject } from '@nestjs/common'
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs'
import { RUN_OPERATION } from '../../tokens.js'
import { ChangeOwner } from '../commands.js'
import type { OperationRunner } from '../operation-runner.js'

/** Has the vendor give a room to another account. */
@CommandHandler(ChangeOwner)
export class ChangeOwnerHandler implements ICommandHandler<ChangeOwner> {
  constructor(@Inject(RUN_OPERATION) private readonly run: OperationRunner) {}

  execute({ asked, newOwner }: ChangeOwner) {
    return this.run({ kind: 'change-owner', ...asked, parameters: { newOwner } })
  }
}
