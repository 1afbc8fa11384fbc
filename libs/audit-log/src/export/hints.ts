import { hintSize } from './format.js'

/** Collects the first bytes of the hash of each leaf: four bytes an event is all that an export holds in memory. */
export interface Hints {
  readonly count: number
  add(leafHash: Uint8Array): void
  bytes(): Buffer
}

export const createHints = (): Hints => {
  let held = Buffer.alloc(1024 * hintSize)
  let count = 0
  return {
    get count() {
      return count
    },
    add: (leafHash) => {
      const at = count * hintSize
      if (at + hintSize > held.length) held = Buffer.concat([held], held.length * 2)
      held.set(leafHash.subarray(0, hintSize), at)
      count += 1
    },
    bytes: () => held.subarray(0, count * hintSize),
  }
}

/** The same as numbers, to be compared. */
export const hintNumbers = (bytes: Buffer): Uint32Array => {
  const numbers = new Uint32Array(Math.floor(bytes.length / hintSize))
  for (let place = 0; place < numbers.length; place += 1) numbers[place] = bytes.readUInt32BE(place * hintSize)
  return numbers
}
