import { BlockList, isIP, isIPv6 } from 'node:net'

/** Whether an address is in one of the ranges. What is no address (a proxy may pass on anything) is in none. */
export const isWithin = (ranges: BlockList, address: string): boolean =>
  isIP(address) !== 0 && ranges.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')

/**
 * Who an address stands for when clients are counted: itself, and of IPv6 its first 64 bits, as `2001:db8:0:1::/64`.
 * @param address as a socket or a proxy names it; `::ffff:192.0.2.1` is 192.0.2.1. What is no address stands for itself.
 */
export const networkOf = (address: string): string => {
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [before = [], after = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0')
  const network = [...before, ...zeros, ...after].slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}
