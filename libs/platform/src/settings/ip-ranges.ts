import { BlockList, isIP } from 'node:net'

/** @returns the ranges (CIDR, or single addresses) as one list to check against; undefined when one of them is not well formed. */
export const readRanges = (ranges: readonly string[]): BlockList | undefined => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const version = isIP(address)
    const longest = version === 6 ? 128 : 32
    const length = bits === undefined ? longest : /^\d{1,3}$/.test(bits) ? Number(bits) : Infinity
    if (version === 0 || rest.length > 0 || length > longest) return undefined
    list.addSubnet(address, length, version === 6 ? 'ipv6' : 'ipv4')
  }
  return list
}
