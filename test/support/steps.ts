import { expect } from 'vitest'
import { eventually, type World } from './world.js'

export type CommandKind = 'create-room' | 'update-room' | 'change-owner' | 'destroy-room'
export const commandKinds: readonly CommandKind[] = ['create-room', 'update-room', 'change-owner', 'destroy-room']
export const vendorApi: Readonly<Record<CommandKind, string>> = {
  'create-room': 'create_room',
  'update-room': 'update_room_info',
  'change-owner': 'change_room_owner',
  'destroy-room': 'destroy_room',
}

/** The steps of which the tests of operations are made: deeds at the vendor, commands to the service, looks at both. */
export const stepsIn = (world: World) => {
  const sandbox = async (method: string, path: string, body?: object) => {
    const answer = await fetch(`${world.sandbox.url}/_sandbox/${path}`, { method, ...(body && { body: JSON.stringify(body) }) })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`the sandbox refused ${path}: ${text}`)
    return text === '' ? {} : JSON.parse(text)
  }
  const get = async (path: string) => (await world.api('get', path)).body
  const pathOf = (roomId: string): string => `/v1/rooms/${encodeURIComponent(roomId)}`

  return {
    /** Replaces the faults; what is not named is off. */
    faults: (faults: object = {}) => sandbox('PUT', 'faults', faults),
    /** Something that a client does at the vendor, past the service. */
    act: (deed: string, roomId: string, more: object = {}) => sandbox('POST', 'act', { account: 'anna', roomId, deed, ...more }),
    /** The vendor's own view of a room. */
    truth: async (roomId: string) => (await sandbox('GET', 'rooms')).items.find((room: { roomId: string }) => room.roomId === roomId),
    /** Callbacks of a room that the vendor sent, or meant to. */
    told: (roomId: string): string[] =>
      world.sandbox.deliveries().flatMap((delivery) => (delivery.roomId === roomId ? [delivery.command] : [])),

    create: (roomId: string, more: object = {}) =>
      world.api('post', '/v1/rooms').send({ roomId, seatTemplate: 'Karaoke', owner: 'anna', roomName: 'First', ...more }),
    update: (roomId: string, info: object) => world.api('patch', pathOf(roomId)).send(info),
    giveTo: (roomId: string, newOwner: string) => world.api('put', `${pathOf(roomId)}/owner`).send({ newOwner }),
    destroy: (roomId: string) => world.api('delete', pathOf(roomId)),
    reconcile: (roomId: string) => world.api('post', `${pathOf(roomId)}/reconcile`),
    /** One of the four, with parameters that change something on a room that `create` made. */
    command(kind: CommandKind, roomId: string) {
      switch (kind) {
        case 'create-room':
          return this.create(roomId)
        case 'update-room':
          return this.update(roomId, { roomName: 'Second' })
        case 'change-owner':
          return this.giveTo(roomId, 'ben')
        case 'destroy-room':
          return this.destroy(roomId)
      }
    },
    /** What must stand before a command of that kind can change something. */
    async prepare(kind: CommandKind, roomId: string) {
      if (kind !== 'create-room') expect((await this.create(roomId).set('Prefer', 'wait=10')).status).toBe(200)
    },

    room: (roomId: string) => get(pathOf(roomId)),
    history: async (roomId: string) => (await get(`${pathOf(roomId)}/history?limit=500`)).items,
    owners: (roomId: string) => get(`${pathOf(roomId)}/owners`),
    operation: (operationId: string) => get(`/v1/operations/${operationId}`),
    /** Waits until an operation has ended. */
    ended: (operationId: string) =>
      eventually(
        () => get(`/v1/operations/${operationId}`),
        ({ status }) => status === 'confirmed' || status === 'rejected',
      ),
  }
}
