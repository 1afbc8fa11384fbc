import { restCommands as commands } from '#live-engine/wire'
import type { Deed } from '../rooms/world.js'
import { getAdmins, modifyAdmins } from './admins.js'
import { changeOwner, destroyRoom, updateRoom } from './change-room.js'
import { createRoom } from './create-room.js'
import { deleteMetadata, getMetadata, setMetadata } from './metadata.js'
import { getRoomInfo, getRoomList } from './read-rooms.js'

/** The commands of `v4/live_engine_http_srv/`, by the last part of their path. `writes` = it can change a room. */
export const roomCommands: ReadonlyMap<string, { readonly deed: Deed; readonly writes: boolean }> = new Map<
  string,
  { readonly deed: Deed; readonly writes: boolean }
>([
  [commands.createRoom, { deed: createRoom, writes: true }],
  [commands.updateRoomInfo, { deed: updateRoom, writes: true }],
  [commands.changeRoomOwner, { deed: changeOwner, writes: true }],
  [commands.destroyRoom, { deed: destroyRoom, writes: true }],
  [commands.setRoomMetadata, { deed: setMetadata, writes: true }],
  [commands.delRoomMetadata, { deed: deleteMetadata, writes: true }],
  [commands.modifyAdmin, { deed: modifyAdmins, writes: true }],
  [commands.getRoomInfo, { deed: getRoomInfo, writes: false }],
  [commands.getRoomList, { deed: getRoomList, writes: false }],
  [commands.getRoomMetadata, { deed: getMetadata, writes: false }],
  [commands.getAdminList, { deed: getAdmins, writes: false }],
])
