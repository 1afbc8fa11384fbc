import type { LiveEngine, Permit, VendorCallResult, WriteCommand } from '#live-engine'
import type { OperationKind, OperationParameters } from '#room'

/** The call that a command becomes. */
export const writeOf: Readonly<Record<OperationKind, WriteCommand>> = {
  'create-room': 'createRoom',
  'update-room': 'updateRoomInfo',
  'change-owner': 'changeRoomOwner',
  'destroy-room': 'destroyRoom',
}

/** Sends a command to the vendor: the one place where an operation becomes a REST call. */
export const callVendor = (
  live: LiveEngine,
  kind: OperationKind,
  roomId: string,
  parameters: OperationParameters,
  permit: Permit,
): Promise<VendorCallResult> => {
  const { owner, newOwner, seatTemplate, ...info } = parameters
  switch (kind) {
    case 'create-room':
      return live.createRoom({ roomId, seatTemplate: seatTemplate!, ...(owner !== undefined && { owner }), info }, permit)
    case 'update-room':
      return live.updateRoomInfo({ roomId, info }, permit)
    case 'change-owner':
      return live.changeRoomOwner({ roomId, newOwner: newOwner! }, permit)
    case 'destroy-room':
      return live.destroyRoom({ roomId }, permit)
  }
}
