import { type LookupAddress, lookup } from 'node:dns'
import { closeSync, openSync } from 'node:fs'
import { isIP } from 'node:net'
import { devNull } from 'node:os'
import * as z from 'zod'
import { now } from '../../clock.ts'
import { duration, lateObject } from '../../fields.ts'
import { codeOf } from './failures.ts'

/** The schema of the `dns:` block of a target, which says how host names are resolved. */
export const dnsSchema = lateObject(() => ({
  hosts: z
    .record(
      z.string(),
      z.string().refine((ip) => isIP(ip) !== 0, 'expected an IP address'),
    )
    .optional()
    .describe('Addresses to use for host names, in place of a look-up'),
  family: z
    .union([z.literal(4), z.literal(6)])
    .optional()
    .describe('Use only IPv4 (4) or IPv6 (6) addresses'),
  ttl: duration().optional().describe('How long a look-up is remembered (default 1m); 0s looks up for every connection'),
})).describe('How host names become addresses')

/** The `dns:` block of a target, after validation. */
export type DnsOptions = z.infer<typeof dnsSchema>

/** How long a look-up is kept in ms, unless `dns.ttl` sets it. */
const DEFAULT_TTL_MS = 60_000

/** A callback for a look-up: gets the addresses to try, best first. `fromCache` is true when this call made no DNS query. */
type ResolvedHost = (error: Error | null, addresses: readonly string[], fromCache: boolean) => void

interface DnsEntry {
  addresses: readonly LookupAddress[]
  /** Monotonic time in ms at which the look-up ended; NaN before the first. */
  at: number
  /** Number of connections made, which spreads them over all addresses of the name. */
  turn: number
  waiting: ResolvedHost[]
}

const entries = new Map<string, DnsEntry>()

/**
 * Looks up the addresses of a host name, and passes them to `done`, which is always called after this function has returned. Users who ask for the
 * same name at the same time share one DNS query, and its answer is used again until the time `ttl` of the options is over.
 */
export function resolveHost(host: string, options: DnsOptions, done: ResolvedHost): void {
  const literal = literalOf(host, options)
  if (literal !== undefined) {
    queueMicrotask(() => done(null, [literal], true))
    return
  }
  const entry = entryOf(host, options.family ?? 0)
  if (now() - entry.at < (options.ttl ?? DEFAULT_TTL_MS)) queueMicrotask(() => done(null, inTurn(entry), true))
  else ask(host, options.family ?? 0, entry, done)
}

function literalOf(host: string, { hosts }: DnsOptions): string | undefined {
  const fixed = hosts && Object.hasOwn(hosts, host) ? hosts[host] : undefined
  return fixed ?? (isIP(host) ? host : undefined)
}

/** Resolves with the number of IP addresses among which the connections to a host are distributed; 1 for a host name that cannot be resolved. */
export async function spreadOf(host: string, options: DnsOptions): Promise<number> {
  if (literalOf(host, options) !== undefined) return 1
  await new Promise<void>((resolve) => resolveHost(host, options, () => resolve()))
  return Math.max(1, preferredOf(entryOf(host, options.family ?? 0)).length)
}

function entryOf(host: string, family: number): DnsEntry {
  const key = `${family} ${host}`
  const entry = entries.get(key) ?? { addresses: [], at: Number.NaN, turn: 0, waiting: [] }
  entries.set(key, entry)
  return entry
}

function ask(host: string, family: number, entry: DnsEntry, done: ResolvedHost): void {
  entry.waiting.push(done)
  if (entry.waiting.length > 1) return
  lookup(host, { all: true, family }, (error, addresses) => {
    if (!error) {
      entry.addresses = addresses
      entry.at = now()
    }
    const waiting = entry.waiting
    entry.waiting = []
    const cause = error && outOfFiles(error)
    for (const notify of waiting) notify(cause, error ? [] : inTurn(entry), false)
  })
}

/**
 * Returns the error of a look-up. If the process has run out of files, its code becomes EMFILE or ENFILE, because the look-up reports that as a fault
 * of the name server.
 */
function outOfFiles(error: Error): Error {
  try {
    closeSync(openSync(devNull, 'r'))
    return error
  } catch (cause) {
    const code = codeOf(cause)
    return code === 'EMFILE' || code === 'ENFILE'
      ? Object.assign(new Error(`${error.message}: ${code}`, { cause }), { code })
      : error
  }
}

/** Returns the next address of the preferred family, then one of the other family as a fallback. Each call takes the next ones in turn. */
function inTurn(entry: DnsEntry): readonly string[] {
  const first = preferredOf(entry)
  const other = entry.addresses.find(({ family }) => family !== first[0]?.family)
  const chosen = first[entry.turn++ % Math.max(first.length, 1)]
  return [chosen, other].flatMap((address) => (address ? [address.address] : []))
}

function preferredOf({ addresses }: DnsEntry): readonly LookupAddress[] {
  return addresses.filter(({ family }) => family === addresses[0]?.family)
}
