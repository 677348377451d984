import { UsageError } from '../../../errors.ts'
import { mapTexts } from '../../foreign/common/literal.ts'
import { bodyOf, mapBody } from '../request/body.ts'
import { plainParts } from '../request/multipart.ts'
import type { ImportedBody, ImportedRequest } from '../request/request.ts'
import { curlData, type DataSources } from './data.ts'
import { curlParts } from './form.ts'
import { type CurlOption, PRINTING } from './options.ts'
import { withShellValues } from './shell-values.ts'
import { TARGET_OPTIONS } from './target.ts'
import { curlUrls, withScheme } from './url.ts'

const DATA = new Set(['data', 'data-ascii', 'data-raw', 'data-binary', 'data-urlencode', 'json'])
const KNOWN = new Set([
  ...DATA,
  ...TARGET_OPTIONS,
  ...'url url-query request header user user-agent referer cookie get head form form-string oauth2-bearer range no-basic'.split(
    ' ',
  ),
])

/** The input of converting a curl command besides its own options: standard input, files, and the list of notes. */
interface CommandContext extends DataSources {
  readonly notes: string[]
}

/** One curl command with its options. It becomes one request for each address that it names. */
export class Command {
  readonly options: readonly CurlOption[]
  private readonly context: CommandContext

  constructor(options: readonly CurlOption[], context: CommandContext) {
    this.options = options
    this.context = context
    for (const { name } of options) {
      if (name === 'upload-file')
        throw new UsageError(
          'curl: --upload-file sends a file as the body, which a step cannot',
          'use body, json, form or multipart in a request step',
        )
      if (!KNOWN.has(name) && !PRINTING.has(name)) context.notes.push(`--${name} has no equivalent in burn, and was left out`)
    }
  }

  private all(name: string): string[] {
    return this.options.filter((option) => option.name === name).map(({ value }) => value)
  }

  private last(name: string): string | undefined {
    return this.all(name).at(-1)
  }

  private has(name: string): boolean {
    return this.options.some((option) => option.name === name)
  }

  /** Returns the requests that the command makes. @throws UsageError for options that need a file or cannot be converted */
  requests(): ImportedRequest[] {
    const urls = this.all('url').flatMap((url) => curlUrls(url, this.has('globoff'), this.context.notes))
    if (urls.length === 0) throw new UsageError('curl: the command has no address')
    return urls.map((url) => this.request(withScheme(url)))
  }

  private request(address: string): ImportedRequest {
    const data = this.data()
    const inQuery = this.has('get')
    const url = withQuery(address, [...this.all('url-query').map((part) => urlQuery(part)), ...(inQuery ? [data ?? ''] : [])])
    const name = nameOf(url)
    const form = this.form(name)
    const headers = this.headers(data !== undefined && !inQuery)
    const type = headers.find(([key]) => key.toLowerCase() === 'content-type')?.[1]
    const user = this.user()
    return {
      name,
      method: this.method(form !== undefined || (data !== undefined && !inQuery)),
      url: withShellValues(url),
      headers: headers.map(([key, value]) => [key, withShellValues(utf8(value))]),
      body:
        form ??
        (data === undefined || inQuery ? undefined : mapBody(bodyOf(data, type), (value) => mapTexts(value, withShellValues))),
      ...(user === undefined ? {} : { basic: basicOf(user) }),
    }
  }

  /** Returns the value of `-u`; undefined without one, and when curl sends another credential instead. */
  private user(): string | undefined {
    const user = this.last('user')
    if (user === undefined || this.has('oauth2-bearer')) return undefined
    if (!this.all('header').some((line) => headerOf(line)[0].toLowerCase() === 'authorization')) return user
    const said = '-u is left out: the header Authorization takes its place, as in curl'
    if (!this.context.notes.includes(said)) this.context.notes.push(said)
    return undefined
  }

  private method(hasBody: boolean): string {
    const given = this.last('request')
    if (given !== undefined && given !== given.toUpperCase())
      this.context.notes.push(`the method ${given} is sent as ${given.toUpperCase()}`)
    return given?.toUpperCase() ?? (this.has('head') ? 'HEAD' : hasBody ? 'POST' : 'GET')
  }

  private data(): string | undefined {
    const parts = this.options.filter(({ name }) => DATA.has(name))
    return parts.length === 0 ? undefined : curlData(parts, this.context)
  }

  /** Makes the body of a multipart form (`-F`); undefined without one. @throws UsageError when there is another body, too */
  private form(where: string): ImportedBody | undefined {
    const fields = this.options.filter(({ name }) => name === 'form' || name === 'form-string')
    if (fields.length === 0) return undefined
    if (this.options.some(({ name }) => DATA.has(name))) throw new UsageError('curl: --form and --data cannot be sent together')
    return {
      kind: 'multipart',
      parts: plainParts(
        fields.flatMap((field) => curlParts(field, where, this.context.notes)),
        withShellValues,
      ),
    }
  }

  private headers(hasData: boolean): (readonly [string, string])[] {
    const lines = this.all('header').map(headerOf)
    const named = new Set(lines.map(([name]) => name.toLowerCase()))
    const given = lines.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
    const cookies = this.all('cookie')
    const usual: readonly (readonly [string, string | undefined])[] = [
      ['user-agent', this.last('user-agent')],
      ['referer', this.last('referer')?.replace(/;auto$/, '')],
      ['range', this.last('range') === undefined ? undefined : `bytes=${this.last('range')}`],
      ['authorization', this.last('oauth2-bearer') === undefined ? undefined : `Bearer ${this.last('oauth2-bearer')}`],
      ['cookie', cookies.length === 0 ? undefined : cookies.map(cookieOf).join('; ')],
      ['accept', this.has('json') ? 'application/json' : undefined],
      ['content-type', hasData ? (this.has('json') ? 'application/json' : 'application/x-www-form-urlencoded') : undefined],
    ]
    // A given header, even one without a value, replaces the header that curl would send by itself.
    const own = usual.flatMap(([name, value]) =>
      value === undefined || value === '' || named.has(name) ? [] : [[name, value] as const],
    )
    return [...given, ...own]
  }
}

/** Returns a header value as the UTF-8 bytes that curl sends, each written as a Latin-1 character, because a scenario sends one byte for each. */
const utf8 = (value: string) => value.replace(/[\u0080-\ufdcf\ufdf0-\uffff]+/g, (text) => Buffer.from(text).toString('latin1'))

function withQuery(url: string, parts: readonly string[]): string {
  const query = parts.filter((part) => part !== '').join('&')
  const [, bare = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(url) ?? []
  return query === '' ? url : `${bare}${bare.includes('?') ? '&' : '?'}${query}${fragment}`
}

/** Encodes an argument of `--url-query`: `+text` stays unchanged, anything else is encoded as by --data-urlencode. */
function urlQuery(part: string): string {
  if (part.startsWith('+')) return part.slice(1)
  return curlData([{ name: 'data-urlencode', value: part }], { input: undefined, readFile: undefined })
}

function basicOf(user: string): { username: string; password: string } {
  const [, username = user, password = ''] = /^([^:]*):(.*)$/s.exec(user) ?? []
  return { username: withShellValues(username), password: withShellValues(password) }
}

/** Splits a header line of curl: "Name: value", "Name;" for an empty value, "Name:" (undefined) to omit the header. @throws UsageError */
function headerOf(line: string): readonly [string, string | undefined] {
  if (line.startsWith('@')) throw new UsageError(`curl: --header ${line} reads a file`, 'put the headers in its place')
  const at = line.indexOf(':')
  if (at === -1) return [line.replace(/;$/, '').trim(), line.endsWith(';') ? '' : undefined]
  const value = line.slice(at + 1).trim()
  return [line.slice(0, at).trim(), value === '' ? undefined : value]
}

function cookieOf(value: string): string {
  if (/[=\ufdd0]/.test(value)) return value
  throw new UsageError(`curl: --cookie ${value} reads a file`, 'put the cookies in its place: name=value')
}

function nameOf(url: string): string {
  return (
    url
      .replace(/\ufdd0[^\ufdd2]*\ufdd2/g, '')
      .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
      .replace(/[?#].*$/s, '')
      .replaceAll('/', ' ')
      .trim() || 'root'
  )
}
