/** Which addresses lie in the public internet, where a load may hit others. */
import { BlockList, isIP } from 'node:net'

/** A load above this many users, or iterations per second, counts as large. */
export const LARGE_LOAD = 100

/** Loopback, private, shared, link-local and unique-local addresses, and those that mean this host: RFC 1122, 1918, 3927, 4193, 4291, 6598. */
const PRIVATE = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
] as const

/** Names that no public resolver knows: RFC 6761, 6762, 8375, the reserved `internal`, and a name of one word. */
const LOCAL_NAME = /^[^.]+\.?$|(?:^|\.)(?:localhost|local|internal|lan|home\.arpa|test|invalid|example)\.?$/i

let ranges: BlockList | undefined

/** Returns true for an IP address of the public internet. IPv4 addresses within IPv6 are those of IPv4. */
export function isPublicAddress(ip: string): boolean {
  ranges ??= listOf(PRIVATE)
  return !ranges.check(ip.replace(/%.*$/, ''), isIP(ip) === 6 ? 'ipv6' : 'ipv4')
}

function listOf(subnets: typeof PRIVATE): BlockList {
  const list = new BlockList()
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family)
  return list
}

/** Returns true when a host, as a URL has it, may lie in the public internet as far as its name tells; nothing is looked up. */
export function mayBePublic(host: string): boolean {
  return isIP(host) === 0 ? !LOCAL_NAME.test(host) : isPublicAddress(host)
}

/** Returns how large a load of these sizes is, in words, when it is above `LARGE_LOAD`; undefined for a smaller one. */
export function largeLoad(users: number, perSecond: number): string | undefined {
  if (users > LARGE_LOAD) return `${users} users`
  return perSecond > LARGE_LOAD ? `${Math.round(perSecond * 10) / 10} iterations per second` : undefined
}
