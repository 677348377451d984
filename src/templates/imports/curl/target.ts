import { isIP } from 'node:net'
import type { Data } from '../../template.ts'
import type { CurlOption } from './options.ts'
import { withShellValues } from './shell-values.ts'

/** The options of curl about connections, time-outs and retries. A conversion turns them into settings of the target and into `onError`. */
export const TARGET_OPTIONS = (
  'insecure location max-redirs max-time connect-timeout compressed cacert cert key pass unix-socket resolve ipv4 ipv6 http2 ' +
  'http2-prior-knowledge retry retry-delay retry-all-errors retry-connrefused tlsv1.2 tlsv1.3 tls-max'
).split(' ')

/** Status codes after which curl retries. */
const RETRIED = [408, 429, 500, 502, 503, 504]
const TIMEOUTS = ['timeout_connect', 'timeout_headers', 'timeout_idle', 'timeout_total']

/** Converts curl's options about connections and time-outs to settings of the `target:` block. */
export function targetOf(options: readonly CurlOption[], notes: string[]): Data {
  const has = (name: string) => options.some((option) => option.name === name)
  const last = (name: string) => options.findLast((option) => option.name === name)?.value
  const blocks = { timeouts: timeouts(last, notes), http: http(options, has, last, notes), tls: tls(has, last, notes) }
  return Object.fromEntries(Object.entries(blocks).filter(([, block]) => Object.keys(block).length > 0))
}

type Has = (name: string) => boolean
type Last = (name: string) => string | undefined

function timeouts(last: Last, notes: string[]): Data {
  return defined({
    connect: duration('connect-timeout', last('connect-timeout'), notes),
    total: duration('max-time', last('max-time'), notes),
  })
}

/** Converts a number of seconds, possibly with a fraction, to a duration; undefined for 0, which means no limit. */
function duration(name: string, value: string | undefined, notes: string[]): string | undefined {
  if (value === undefined || Number(value) === 0) return undefined
  const seconds = Number(value)
  if (seconds >= 0.001 && seconds <= 86_400) return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`
  notes.push(`--${name} ${value} is no duration, and was left out`)
  return undefined
}

function http(options: readonly CurlOption[], has: Has, last: Last, notes: string[]): Data {
  const redirects = last('max-redirs')
  const most = redirects === undefined || !/^\d+$/.test(redirects) ? 20 : Math.min(20, Number(redirects))
  const asked = {
    maxRedirects: has('location') ? most : undefined,
    compress: has('compressed') || asksForCompression(options) || undefined,
    unixSocket: last('unix-socket') === undefined ? undefined : withShellValues(last('unix-socket') ?? ''),
    dns: dns(options, has, notes),
  }
  return { ...versionOf(options, has, asked, notes), ...defined(asked) }
}

function asksForCompression(options: readonly CurlOption[]): boolean {
  return options.some(({ name, value }) => name === 'header' && /^accept-encoding:.*\b(?:gzip|deflate|br)\b/i.test(value))
}

/** Returns the keys of a target for HTTP/2, which burn supports only without redirects and compression. */
function versionOf(options: readonly CurlOption[], has: Has, { maxRedirects, compress }: Data, notes: string[]): Data {
  const known = has('http2-prior-knowledge')
  if (!known && !has('http2')) return {}
  const secure = options.some(({ name, value }) => name === 'url' && /^https:/i.test(value))
  if (!known && !secure) {
    notes.push('--http2 asks a server without TLS for an upgrade, which is rare: HTTP/1.1 is used')
    return {}
  }
  if (maxRedirects === undefined && compress === undefined) return { version: '2' }
  notes.push('burn has HTTP/2 only without redirects and compression: HTTP/1.1 is used')
  return {}
}

/** Makes the `dns:` block from `--resolve host:port:address`, which in burn applies to all ports. */
function dns(options: readonly CurlOption[], has: Has, notes: string[]): Data | undefined {
  const hosts = options
    .filter(({ name }) => name === 'resolve')
    .flatMap(({ value }): [string, string][] => {
      const [, host, address] = /^\+?([^:]+):\d+:\[?([^\],]+)\]?/.exec(value) ?? []
      if (host !== undefined && address !== undefined && isIP(address) !== 0) return [[host, address]]
      notes.push(`--resolve ${value} has no equivalent in burn, and was left out`)
      return []
    })
  const block = defined({
    hosts: hosts.length === 0 ? undefined : Object.fromEntries(hosts),
    family: has('ipv4') ? 4 : has('ipv6') ? 6 : undefined,
  })
  return Object.keys(block).length === 0 ? undefined : block
}

function tls(has: Has, last: Last, notes: string[]): Data {
  // A password may follow the file name after a colon; the colon of a Windows drive does not count.
  const [, cert, passphrase] = /^((?:[A-Za-z]:[\\/])?[^:]*)(?::(.*))?$/s.exec(last('cert') ?? '') ?? []
  const text = (value: string | undefined) => (value === undefined || value === '' ? undefined : withShellValues(value))
  const secret = text(last('pass') ?? passphrase)
  const files = [last('cacert'), cert, last('key')].filter((file) => file !== undefined && file !== '')
  if (files.length > 0) notes.push(`put ${files.join(', ')} where the scenario can find it: paths start at its folder`)
  if (secret !== undefined && !secret.startsWith('${env.'))
    notes.push('the passphrase was not copied: set the environment variable TARGET_PASSPHRASE')
  return defined({
    insecure: has('insecure') || undefined,
    ca: text(last('cacert')),
    cert: text(cert),
    key: text(last('key')),
    passphrase: secret === undefined ? undefined : secret.startsWith('${env.') ? secret : '${env.TARGET_PASSPHRASE}',
    minVersion: has('tlsv1.3') ? 'TLSv1.3' : has('tlsv1.2') ? 'TLSv1.2' : undefined,
    maxVersion: /^1\.[23]$/.test(last('tls-max') ?? '') ? `TLSv${last('tls-max')}` : undefined,
  })
}

/**
 * Returns an `onError` block from curl's `--retry`; undefined without it, or for 0. There are at most 100 retries. The wait before each one is
 * `--retry-delay`; without that, 1 s before the first and twice as long before each further one.
 */
export function retryRules(options: readonly CurlOption[], notes: string[]): Data | undefined {
  const given = options.findLast(({ name }) => name === 'retry')?.value
  const max = Math.min(100, Number(given ?? 0))
  if (!(max >= 1)) return undefined
  const delay = Number(options.findLast(({ name }) => name === 'retry-delay')?.value ?? 0)
  const retry = {
    max: Math.floor(max),
    ...(delay > 0 ? { delay: `${delay}s`, multiplier: 1 } : { delay: '1s', multiplier: 2 }),
    jitter: false,
  }
  if (options.some(({ name }) => name === 'retry-all-errors')) return { default: 'retry', retry }
  const refused = options.some(({ name }) => name === 'retry-connrefused')
  const classes = refused ? [...TIMEOUTS, 'refused'] : TIMEOUTS
  notes.push('each retry counts as an attempt of its own')
  return {
    rules: [
      { status: RETRIED, do: 'retry', retry },
      { class: classes, do: 'retry', retry },
    ],
  }
}

function defined(block: Data): Data {
  return Object.fromEntries(Object.entries(block).filter(([, value]) => value !== undefined))
}
