/** The setting `localAddresses`: the addresses of this machine from which connections to a target go out. */
import { isIP } from 'node:net'
import * as z from 'zod'
import { groupsOf } from '../../../text/public-host.ts'

/** The largest number of local addresses of one target. */
const MOST_ADDRESSES = 4096
const EXPECTED = 'expected an IP address, a range such as 127.0.0.1-127.0.0.20, or a network such as 127.0.1.0/24'

/** A range of IPv4 or IPv6 addresses, with the first and the last address as numbers. */
interface AddressRange {
  readonly family: number
  readonly first: bigint
  readonly last: bigint
}

/**
 * A schema for a list of IP addresses, ranges and networks. Its output is the list of all single addresses in them, each once, in the given order.
 */
export const localAddressesSchema = z
  .array(z.string().meta({ examples: ['127.0.0.1', '127.0.0.1-127.0.0.20', '127.0.1.0/24'] }))
  .min(1)
  .max(MOST_ADDRESSES)
  .transform((texts, context): readonly string[] => {
    const found = new Set<string>()
    for (const [index, text] of texts.entries()) {
      const read = readStretch(text)
      const message = typeof read === 'string' ? read : (tooMany(read) ?? unusable(read, text))
      if (message !== undefined) context.addIssue({ code: 'custom', message, path: [index] })
      else if (typeof read !== 'string') for (const address of addressesOf(read)) found.add(address)
    }
    if (found.size > MOST_ADDRESSES)
      context.addIssue({ code: 'custom', message: `${found.size} addresses: at most ${MOST_ADDRESSES} can be used` })
    return [...found]
  })
  .describe(
    'Addresses of this machine that connections go out from in turn, because each has its own ports: addresses, ranges (127.0.0.1-127.0.0.20) and networks (127.0.1.0/24). Left out: the system chooses',
  )

/** Returns the range of addresses that an entry of `localAddresses` means, or what is wrong with the entry. */
function readStretch(text: string): AddressRange | string {
  const [, net, prefix] = /^(.+)\/(\d{1,3})$/.exec(text.trim()) ?? []
  const [, low = text.trim(), high = low] = /^(.+?)\s*(?:-|\.\.)\s*(.+)$/.exec(text.trim()) ?? []
  const [first, last] = net === undefined ? [numberOf(low), numberOf(high)] : [numberOf(net), numberOf(net)]
  if (!first || first.family !== last?.family) return `${EXPECTED}, got "${text.slice(0, 60)}"`
  const { family, value } = first
  if (prefix !== undefined) return network(first, Number(prefix)) ?? `${EXPECTED}, got "${text.slice(0, 60)}"`
  if (value > last.value) return `the range ends below its beginning: did you mean "${high}-${low}"?`
  return { family, first: value, last: last.value }
}

/**
 * Returns the addresses of a network that hosts can have. An IPv4 network loses its first and its last address, which mean the network itself and all
 * hosts (RFC 1122, 3021).
 */
function network(
  { family, value }: { readonly family: number; readonly value: bigint },
  prefix: number,
): AddressRange | undefined {
  const bits = (family === 4 ? 32 : 128) - prefix
  if (bits < 0) return undefined
  const size = 1n << BigInt(bits)
  const first = value - (value % size)
  const own = family === 4 && bits > 1 ? 1n : 0n
  return { family, first: first + own, last: first + size - 1n - own }
}

/**
 * Returns why connections cannot use a range of addresses, such as multicast ones; undefined when they can. Linux accepts such addresses and then
 * uses another one or reaches nobody.
 */
function unusable({ family, first, last }: AddressRange, text: string): string | undefined {
  const [low, high] = family === 4 ? [224n << 24n, 240n << 24n] : [0xffn << 120n, 1n << 128n]
  const isBroadcast = family === 4 && last === (1n << 32n) - 1n
  const what = first === 0n ? 'no address' : isBroadcast ? 'the broadcast address' : 'a multicast address'
  if (first > 0n && !isBroadcast && (last < low || first >= high)) return undefined
  return `no connection goes out from ${what}: name addresses that this machine has, got "${text.slice(0, 60)}"`
}

function tooMany({ first, last }: AddressRange): string | undefined {
  const count = last - first + 1n
  return count > MOST_ADDRESSES ? `${count} addresses: at most ${MOST_ADDRESSES} can be used` : undefined
}

function addressesOf({ family, first, last }: AddressRange): string[] {
  return Array.from({ length: Number(last - first) + 1 }, (_, index) => textOf(family, first + BigInt(index)))
}

/** Returns an IP address as a number, all its bits in order; undefined for any other text, and for an address with a zone. */
function numberOf(ip: string): { readonly family: number; readonly value: bigint } | undefined {
  const family = ip.includes('%') ? 0 : isIP(ip)
  if (family === 0) return undefined
  const [parts, bits] = family === 4 ? [ip.split('.').map(Number), 8n] : [groupsOf(ip), 16n]
  return { family, value: parts.reduce((sum, part) => (sum << bits) | BigInt(part), 0n) }
}

function textOf(family: number, value: bigint): string {
  const part = (index: number, bits: number) => Number((value >> BigInt(index * bits)) & ((1n << BigInt(bits)) - 1n))
  if (family === 4) return [3, 2, 1, 0].map((index) => part(index, 8)).join('.')
  const groups = [7, 6, 5, 4, 3, 2, 1, 0].map((index) => part(index, 16).toString(16))
  // A URL writes an address in its short form.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
