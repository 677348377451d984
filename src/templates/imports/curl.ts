/** curl command lines as requests. */
import { basename } from 'node:path'
import { UsageError } from '../../errors.ts'
import { literal, mapTexts } from '../foreign/literal.ts'
import type { Data } from '../template.ts'
import { bodyOf, mapBody } from './body.ts'
import { curlParts } from './curl-form.ts'
import { type CurlOption, curlOptions, PRINTING } from './curl-options.ts'
import { plainParts } from './multipart.ts'
import type { Imported, ImportedBody, ImportedRequest } from './request.ts'
import { shellCommands } from './shell-words.ts'

const plain = (text: string) => literal(text, { templates: true })

/** One or more curl commands; each becomes a request. @throws UsageError when there is none, or one that reads a file */
export function importCurl(text: string): Imported {
  const commands = shellCommands(text.replace(/^\s*\$ /gm, '')).filter(([program]) =>
    /^curl(?:\.exe)?$/.test(basename(program ?? '')),
  )
  if (commands.length === 0)
    throw new UsageError('there is no curl command in it', 'such as: curl https://api.example.com/chat -d \'{"message": "Hi"}\'')
  const notes: string[] = []
  const read = commands.map((words) => new Command(curlOptions(words.slice(1)), notes))
  return {
    name: 'imported from curl',
    requests: read.map((command) => command.request()),
    target: Object.assign({}, ...read.map((command) => command.target())),
    notes,
  }
}

const DATA = new Set(['data', 'data-ascii', 'data-raw', 'data-binary', 'data-urlencode', 'json'])
const KNOWN = new Set([
  ...DATA,
  ...'url request header user user-agent referer cookie get head insecure location max-redirs max-time connect-timeout'.split(
    ' ',
  ),
  ...'form form-string compressed cacert cert key oauth2-bearer unix-socket url-query'.split(' '),
])

class Command {
  private readonly options: readonly CurlOption[]
  private readonly notes: string[]

  constructor(options: readonly CurlOption[], notes: string[]) {
    this.options = options
    this.notes = notes
    for (const { name } of options) {
      if (name === 'upload-file')
        throw new UsageError(
          'curl: --upload-file sends a file as the body, which a step cannot',
          'use body, json, form or multipart in a request step',
        )
      if (!KNOWN.has(name) && !PRINTING.has(name)) notes.push(`--${name} has no equivalent here, and was left out`)
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

  request(): ImportedRequest {
    const headers = this.headers()
    const data = this.data()
    const inQuery = this.has('get')
    const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? this.usualType()
    const withType =
      headers.some(([name]) => name.toLowerCase() === 'content-type') || data === undefined || inQuery
        ? headers
        : [...headers, ['content-type', type] as const]
    const url = this.url(inQuery ? data : undefined)
    const name = nameOf(url)
    const form = this.form(name)
    return {
      name,
      method: this.last('request') ?? (this.has('head') ? 'HEAD' : form || (data !== undefined && !inQuery) ? 'POST' : 'GET'),
      url: plain(url),
      headers: withType.map(([name, value]) => [name, plain(value)]),
      body: form ?? (data === undefined || inQuery ? undefined : mapBody(bodyOf(data, type), (value) => mapTexts(value, plain))),
    }
  }

  private url(query: string | undefined): string {
    const [given] = this.all('url')
    if (given === undefined) throw new UsageError('curl: the command has no address')
    const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`
    const parts = [...this.all('url-query'), ...(query === undefined ? [] : [query])].filter((part) => part !== '')
    return parts.length === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${parts.join('&')}`
  }

  private usualType(): string {
    return this.has('json') ? 'application/json' : 'application/x-www-form-urlencoded'
  }

  private data(): string | undefined {
    const parts = this.options.filter(({ name }) => DATA.has(name)).map(dataOf)
    return parts.length === 0 ? undefined : parts.join(this.has('json') ? '' : '&')
  }

  /** The parts of a multipart form. @throws UsageError when there is another body as well */
  private form(where: string): ImportedBody | undefined {
    const fields = this.options.filter(({ name }) => name === 'form' || name === 'form-string')
    if (fields.length === 0) return undefined
    if (this.options.some(({ name }) => DATA.has(name))) throw new UsageError('curl: --form and --data cannot be sent together')
    return {
      kind: 'multipart',
      parts: plainParts(
        fields.flatMap((field) => curlParts(field, where, this.notes)),
        plain,
      ),
    }
  }

  private headers(): (readonly [string, string])[] {
    const given = this.all('header').flatMap(headerOf)
    const user = this.last('user')
    const token = this.last('oauth2-bearer')
    const cookies = this.all('cookie')
    return [
      ...given,
      ...(user === undefined ? [] : [['authorization', `Basic ${Buffer.from(user).toString('base64')}`] as const]),
      ...(token === undefined ? [] : [['authorization', `Bearer ${token}`] as const]),
      ...(cookies.length === 0 ? [] : [['cookie', cookies.map(cookieOf).join('; ')] as const]),
    ]
  }

  /** Settings of the connection. */
  target(): Data {
    const [total, connect] = [this.last('max-time'), this.last('connect-timeout')]
    const timeouts = {
      ...(connect === undefined ? {} : { connect: `${connect}s` }),
      ...(total === undefined ? {} : { total: `${total}s` }),
    }
    const http = {
      ...(this.has('location') ? { maxRedirects: Math.min(20, Number(this.last('max-redirs') ?? 20)) } : {}),
      ...(this.has('compressed') ? { compress: true } : {}),
      ...(this.has('unix-socket') ? { unixSocket: this.last('unix-socket') } : {}),
    }
    const files = Object.entries({ ca: this.last('cacert'), cert: this.last('cert'), key: this.last('key') }).filter(
      ([, file]) => file !== undefined,
    )
    const tls = { ...(this.has('insecure') ? { insecure: true } : {}), ...Object.fromEntries(files) }
    return Object.fromEntries(Object.entries({ timeouts, http, tls }).filter(([, block]) => Object.keys(block).length > 0))
  }
}

function dataOf({ name, value }: CurlOption): string {
  const reads = name === 'data-raw' ? false : name === 'data-urlencode' ? /^[^=]*@/.test(value) : value.startsWith('@')
  if (reads)
    throw new UsageError(`curl: --${name} ${value} reads a file`, 'put the content of the file in its place, or use a data file')
  if (name !== 'data-urlencode') return value
  const at = value.indexOf('=')
  return at === -1
    ? encodeURIComponent(value)
    : `${value.slice(0, at)}${at === 0 ? '' : '='}${encodeURIComponent(value.slice(at + 1))}`
}

function headerOf(line: string): (readonly [string, string])[] {
  if (line.startsWith('@')) throw new UsageError(`curl: --header ${line} reads a file`, 'put the headers in its place')
  const at = line.indexOf(':')
  // "Name;" sends an empty header, "Name:" sends none.
  if (at === -1) return line.endsWith(';') ? [[line.slice(0, -1).trim(), '']] : []
  const value = line.slice(at + 1).trim()
  return value === '' ? [] : [[line.slice(0, at).trim(), value]]
}

function cookieOf(value: string): string {
  if (value.includes('=')) return value
  throw new UsageError(`curl: --cookie ${value} reads a file`, 'put the cookies in its place: name=value')
}

function nameOf(url: string): string {
  return (
    url
      .replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '')
      .replace(/[?#].*$/, '')
      .replaceAll('/', ' ')
      .trim() || 'root'
  )
}
