export type * from './directory.js'
export { openDirectory, type DirectoryOptions } from './open-directory.js'
export { ownershipsOf } from './ownerships.js'
export { toRoomEvent } from './to-room-event.js'
