import type { LiveEngine, VendorCallResult } from '#live-engine'
import type { OperationKind, OperationParameters } from '#room'

/** Sends a command to the vendor: the one place where an operation becomes a REST call. */
export const callVendor = (
  live: LiveEngine,
  kind: OperationKind,
  roomId: string,
  parameters: OperationParameters,
): Promise<VendorCallResult> => {
  const { owner, newOwner, seatTemplate, ...info } = parameters
  switch (kind) {
    case 'create-room':
      return live.createRoom({ roomId, seatTemplate: seatTemplate!, ...(owner !== undefined && { owner }), info })
    case 'update-room':
      return live.updateRoomInfo({ roomId, info })
    case 'change-owner':
      return live.changeRoomOwner({ roomId, newOwner: newOwner! })
    case 'destroy-room':
      return live.destroyRoom({ roomId })
  }
}
