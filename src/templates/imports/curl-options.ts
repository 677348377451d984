/** The options of curl that mean something to a request, and those that do not. */
import { UsageError } from '../../errors.ts'

const words = (text: string) => text.split(' ')

/** Long names of short options. */
const SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  words(
    'X=request H=header d=data u=user A=user-agent e=referer b=cookie G=get I=head F=form k=insecure L=location m=max-time x=proxy o=output ' +
      'T=upload-file E=cert w=write-out D=dump-header c=cookie-jar K=config r=range s=silent S=show-error v=verbose i=include N=no-buffer ' +
      'f=fail O=remote-name J=remote-header-name #=progress-bar g=globoff q=disable n=netrc Z=parallel 0=http1.0 1=tlsv1 4=ipv4 6=ipv6',
  ).map((pair) => [pair.slice(0, 1), pair.slice(2)]),
)

/** Options with a value. */
const VALUED = new Set(
  words(
    'request header data data-ascii data-raw data-binary data-urlencode json user user-agent referer cookie form form-string max-time ' +
      'connect-timeout proxy output upload-file cert key cacert write-out dump-header cookie-jar config range url url-query max-redirs retry ' +
      'retry-delay retry-max-time limit-rate resolve connect-to oauth2-bearer unix-socket interface dns-servers cert-type key-type pass ' +
      'ciphers tls-max stderr max-filesize keepalive-time proxy-user aws-sigv4 trace trace-ascii output-dir speed-limit speed-time noproxy',
  ),
)

/** Options about what curl prints, which a scenario has no use for. */
export const PRINTING: ReadonlySet<string> = new Set(
  words(
    'silent show-error verbose include no-buffer fail fail-with-body output remote-name remote-header-name write-out dump-header ' +
      'progress-bar no-progress-meter stderr trace trace-ascii trace-time output-dir globoff disable create-dirs styled-output http1.1 parallel',
  ),
)

export interface CurlOption {
  readonly name: string
  readonly value: string
}

/** The options and addresses of one command, in their order. An address is an option called `url`. @throws UsageError */
export function curlOptions(words: readonly string[]): CurlOption[] {
  const options: CurlOption[] = []
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--next') throw new UsageError('--next is not understood', 'give each request a curl command of its own')
    if (word.startsWith('--')) options.push(long(word.slice(2), rest))
    else if (word.startsWith('-') && word.length > 1) options.push(...short(word.slice(1), rest))
    else options.push({ name: 'url', value: word })
  }
  return options
}

function long(name: string, rest: string[]): CurlOption {
  if (!VALUED.has(name)) return { name, value: '' }
  return { name, value: nextValue(`--${name}`, rest) }
}

/** `-sSXPOST`: letters up to one that has a value, which may follow at once. */
function short(letters: string, rest: string[]): CurlOption[] {
  const options: CurlOption[] = []
  for (let at = 0; at < letters.length; at += 1) {
    const letter = letters[at] ?? ''
    const name = SHORT[letter] ?? letter
    if (!VALUED.has(name)) {
      options.push({ name, value: '' })
      continue
    }
    const value = letters.slice(at + 1)
    return [...options, { name, value: value === '' ? nextValue(`-${letter}`, rest) : value }]
  }
  return options
}

function nextValue(flag: string, rest: string[]): string {
  const value = rest.shift()
  if (value !== undefined) return value
  throw new UsageError(`curl: ${flag} has no value`, 'copy the whole command')
}
