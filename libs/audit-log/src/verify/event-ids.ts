/** Remembers the ids of events by their place, 16 bytes each, so that a line can be named once its place is found to be wrong. */
export interface EventIds {
  add(id: string | undefined): void
  at(place: number): string | undefined
}

const size = 16
const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/

export const createEventIds = (): EventIds => {
  let held = Buffer.alloc(1024 * size)
  let count = 0
  return {
    add: (id) => {
      if ((count + 1) * size > held.length) held = Buffer.concat([held], held.length * 2)
      // What is no UUID, or was not readable, has no name.
      if (id !== undefined && uuid.test(id)) held.write(id.replaceAll('-', ''), count * size, 'hex')
      count += 1
    },
    at: (place) => {
      const hex = held.toString('hex', place * size, (place + 1) * size)
      return place >= count || /^0*$/.test(hex) ? undefined : hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
    },
  }
}
