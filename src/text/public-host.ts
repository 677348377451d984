/** Decides which addresses are on the public internet, where a load may hit systems of others. */
import { BlockList, isIP } from 'node:net'

/**
 * The number of users, or of iterations per second, above which a load counts as large. `burn run` needs the user's permission to send such a load to
 * a public address.
 */
export const LARGE_LOAD = 100

/**
 * Addresses that are not on the public internet: loopback, private, shared, link-local, site-local, unique-local, test and multicast addresses, and
 * those that mean this host (RFC 1122, 1918, 2544, 3879, 3927, 4193, 4291, 5771, 6598, 6890).
 */
const PRIVATE = [
  ['0.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.0.0.0', 24, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['198.18.0.0', 15, 'ipv4'],
  ['224.0.0.0', 3, 'ipv4'],
  ['::', 127, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['fec0::', 10, 'ipv6'],
  ['ff00::', 8, 'ipv6'],
] as const

/** Matches host names that public DNS never resolves: those of RFC 6761, 6762 and 8375, the reserved `internal`, and names of a single word. */
const LOCAL_NAME = /^[^.]+\.?$|(?:^|\.)(?:localhost|local|internal|lan|home\.arpa|test|invalid|example)\.?$/i

let ranges: BlockList | undefined

/** True for an IP address of the public internet. An IPv6 address that contains an IPv4 address (NAT64, 6to4) counts as that address. */
export function isPublicAddress(ip: string): boolean {
  ranges ??= listOf(PRIVATE)
  const address = ip.replace(/%.*$/, '')
  if (isIP(address) !== 6) return !ranges.check(address, 'ipv4')
  const inside = innerAddress(address)
  return inside === undefined ? !ranges.check(address, 'ipv6') : !ranges.check(inside, 'ipv4')
}

/**
 * Returns the IPv4 address inside a translated IPv6 address: NAT64 (RFC 6052), 6to4 (RFC 3056), or the old form `::10.0.0.1`; undefined for any
 * other.
 */
function innerAddress(ip: string): string | undefined {
  const groups = groupsOf(ip)
  const [first, second, third] = groups
  const isNat64 = first === 0x64 && second === 0xff9b
  const isOldForm = groups.slice(0, 6).every((group) => group === 0) && (groups[6] ?? 0) > 0
  const bytes = first === 0x2002 ? [second, third] : isNat64 || isOldForm ? groups.slice(6) : undefined
  return bytes?.flatMap((group = 0) => [group >> 8, group & 0xff]).join('.')
}

/** Returns the eight 16-bit numbers of which an IPv6 address consists. The address must not name a zone (as `fe80::1%eth0` does). */
export function groupsOf(ip: string): number[] {
  // A URL writes each address in one form, without an IPv4 part.
  const [left = '', right] = new URL(`http://[${ip}]`).hostname.slice(1, -1).split('::')
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  const [before, behind] = [numbers(left), numbers(right ?? '')]
  return [...before, ...Array.from({ length: 8 - before.length - behind.length }, () => 0), ...behind]
}

function listOf(subnets: typeof PRIVATE): BlockList {
  const list = new BlockList()
  for (const [net, prefix, family] of subnets) list.addSubnet(net, prefix, family)
  return list
}

/**
 * True when a host may be on the public internet, judged by its name or address alone; nothing is looked up. An IPv6 address is given without the
 * brackets that it has in a URL.
 */
export function mayBePublic(host: string): boolean {
  return isIP(host) === 0 ? !LOCAL_NAME.test(host) : isPublicAddress(host)
}

/**
 * Describes a large load in words, for warnings: "5000 users". Undefined when neither `users` nor `perSecond` (iterations per second) is above
 * `LARGE_LOAD`.
 */
export function largeLoad(users: number, perSecond: number): string | undefined {
  if (users > LARGE_LOAD) return `${users} users`
  return perSecond > LARGE_LOAD ? `${Math.round(perSecond * 10) / 10} iterations per second` : undefined
}
