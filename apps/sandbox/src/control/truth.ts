import { statistic, type Room } from '../rooms/room.js'
import type { RoomStore } from '../rooms/room-store.js'

/** Everything the sandbox knows of its rooms, in the spelling of our own API, so that it can be laid beside the ledger's answer. */
export function truth(rooms: RoomStore) {
  return { items: [...rooms.living(), ...rooms.destroyed()].map(describe) }
}

const time = (at: number) => new Date(at).toISOString()

function describe(room: Room) {
  const i = room.info
  return {
    roomId: room.roomId,
    life: room.life,
    status: room.destroyed ? 'destroyed' : 'active',
    owner: room.owner,
    admins: room.admins,
    info: {
      roomName: i.RoomName,
      maxMemberCount: i.MaxMemberCount,
      isMessageDisabled: i.IsMessageDisabled,
      coverUrl: i.CoverURL,
      category: i.Category,
      activityStatus: i.ActivityStatus,
      isPublicVisible: i.IsPublicVisible,
      takeSeatMode: i.TakeSeatMode,
      notice: i.Notice,
      customInfo: i.CustomInfo,
      seatTemplate: i.SeatTemplate,
      isSeatEnabled: i.IsSeatEnabled,
      maxSeatCount: i.MaxSeatCount,
      backgroundUrl: i.BackgroundURL,
      isUnlimitedRoomEnabled: i.IsUnlimitedRoomEnabled,
    },
    metadata: Object.fromEntries(room.metadata.map(({ Key, Value }) => [Key, Value])),
    members: room.members,
    bots: room.bots,
    viewCount: room.entries,
    statistics: statistic(room),
    createdAt: time(room.createdAt),
    updatedAt: time(room.lastEventAt),
    destroyedAt: room.destroyed ? time(room.destroyed.at) : null,
    destroyCause: room.destroyed?.cause ?? null,
    destroyedBy: room.destroyed?.operator ?? null,
  }
}
