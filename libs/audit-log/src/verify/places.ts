/** Where each value stands, in as little memory as the values themselves. */
export interface Places {
  /** The first places of a value, in order. */
  of(value: number): readonly number[]
}

/** A value stands once; whoever makes a list of the same ones all over is not followed through all their pairs. */
const mostAlike = 8

export const createPlaces = (values: Uint32Array, from: number, end: number): Places => {
  const order = Uint32Array.from({ length: end - from }, (_, n) => from + n).toSorted((a, b) => values[a]! - values[b]! || a - b)
  return {
    of: (value) => {
      let low = 0
      for (let high = order.length; low < high;) {
        const middle = (low + high) >> 1
        if (values[order[middle]!]! < value) low = middle + 1
        else high = middle
      }
      const places: number[] = []
      for (; places.length < mostAlike && low < order.length && values[order[low]!] === value; low += 1) places.push(order[low]!)
      return places
    },
  }
}
