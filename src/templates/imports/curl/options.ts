import { UsageError } from '../../../errors.ts'

const words = (text: string) => text.split(' ')

/** Long names of curl's short options, by letter. */
const SHORT: Readonly<Record<string, string>> = Object.fromEntries(
  words(
    'X=request H=header d=data u=user A=user-agent e=referer b=cookie G=get I=head F=form k=insecure L=location m=max-time x=proxy o=output ' +
      'T=upload-file E=cert w=write-out D=dump-header c=cookie-jar K=config r=range s=silent S=show-error v=verbose i=include N=no-buffer ' +
      'f=fail O=remote-name J=remote-header-name #=progress-bar g=globoff q=disable n=netrc Z=parallel 0=http1.0 1=tlsv1 2=sslv2 3=sslv3 ' +
      '4=ipv4 6=ipv6 a=append B=use-ascii C=continue-at h=help j=junk-session-cookies l=list-only M=manual p=proxytunnel P=ftp-port ' +
      'Q=quote R=remote-time t=telnet-option U=proxy-user V=version y=speed-time Y=speed-limit z=time-cond :=next',
  ).map((pair) => [pair.slice(0, 1), pair.slice(2)]),
)

/** The options of curl 7 and 8 that take a value. */
const VALUED = new Set(
  words(
    'abstract-unix-socket alt-svc aws-sigv4 cacert capath cert cert-type ciphers config connect-timeout connect-to continue-at cookie ' +
      'cookie-jar create-file-mode crlfile curves data data-ascii data-binary data-raw data-urlencode delegation dns-interface dns-ipv4-addr ' +
      'dns-ipv6-addr dns-servers doh-url dump-header ech egd-file engine etag-compare etag-save expand-data expand-header expand-url ' +
      'expect100-timeout form form-string ftp-account ftp-alternative-to-user ftp-method ftp-port ftp-ssl-ccc-mode ' +
      'happy-eyeballs-timeout-ms haproxy-clientip header hostpubmd5 hostpubsha256 hsts interface ip-tos ipfs-gateway json keepalive-cnt ' +
      'keepalive-time key key-type krb libcurl limit-rate local-port login-options mail-auth mail-from mail-rcpt max-filesize max-redirs ' +
      'max-time netrc-file noproxy oauth2-bearer output output-dir parallel-max pass pinnedpubkey preproxy proto proto-default proto-redir ' +
      'proxy proxy-cacert proxy-capath proxy-cert proxy-cert-type proxy-ciphers proxy-crlfile proxy-header proxy-key proxy-key-type ' +
      'proxy-pass proxy-pinnedpubkey proxy-service-name proxy-tls13-ciphers proxy-tlsauthtype proxy-tlspassword proxy-tlsuser proxy-user proxy1.0 pubkey quote random-file range rate referer ' +
      'request request-target resolve retry retry-delay retry-max-time sasl-authzid service-name socks4 socks4a socks5 ' +
      'socks5-gssapi-service socks5-hostname speed-limit speed-time stderr telnet-option tftp-blksize time-cond tls-max tls13-ciphers ' +
      'tlsauthtype tlspassword tlsuser trace trace-ascii trace-config unix-socket upload-file url url-query user user-agent variable ' +
      'vlan-priority write-out',
  ),
)

/** The options of curl that need no setting in a scenario, such as options about curl's output. A conversion leaves them out without a note. */
export const PRINTING: ReadonlySet<string> = new Set(
  words(
    'silent show-error verbose include no-buffer fail fail-with-body fail-early output remote-name remote-name-all remote-header-name ' +
      'write-out dump-header progress-bar no-progress-meter stderr trace trace-ascii trace-time trace-ids trace-config output-dir globoff ' +
      'disable create-dirs styled-output http1.1 parallel parallel-max parallel-immediate basic remote-time libcurl keepalive ' +
      'tcp-nodelay no-keepalive no-sessionid no-alpn',
  ),
)

/** One option of a curl command. Its value is '' when the option takes none. */
export interface CurlOption {
  readonly name: string
  readonly value: string
}

/**
 * Parses the words of a curl command to its options. `--next` begins a new list of options; an address becomes the option `url`.
 * @throws UsageError for an option whose value is missing
 */
export function curlOptions(words: readonly string[]): CurlOption[][] {
  const lists: CurlOption[][] = [[]]
  const rest = [...words]
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const found = optionsOf(word, rest)
    lists.at(-1)?.push(...found.filter(({ name }) => name !== 'next'))
    if (found.some(({ name }) => name === 'next')) lists.push([])
  }
  return lists.filter((list) => list.length > 0)
}

function optionsOf(word: string, rest: string[]): CurlOption[] {
  if (word.startsWith('--') && word.length > 2) return [long(word.slice(2), rest)]
  if (word.startsWith('-') && word.length > 1 && word !== '--') return short(word.slice(1), rest)
  return word === '--' ? rest.splice(0).map((url) => ({ name: 'url', value: url })) : [{ name: 'url', value: word }]
}

function long(name: string, rest: string[]): CurlOption {
  if (!VALUED.has(name)) return { name, value: '' }
  return { name, value: nextValue(`--${name}`, rest) }
}

/** Parses a group of short options such as `-sSXPOST`; the last one may take a value, which may follow directly. */
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
