import type { Failure, Headers } from '../../../exchange.ts'
import { FIELD_NAME } from '../../wire/header-field.ts'

/** Largest head in bytes, with status line and line ends. */
const MAX_HEAD_BYTES = 64 * 1024
const MAX_STATUS_LINE_BYTES = 8 * 1024
/** Names and values of all headers together must be shorter than this. */
const MAX_FIELD_BYTES = 16 * 1024
const SHOWN_CHARACTERS = 40

/** The start of a status line: `x` is a digit, `y` a digit from 1 to 9, `v` a known minor version. */
const START = 'HTTP/1.v yxx'
const START_CLASSES: Readonly<Record<string, RegExp>> = { v: /[01]/, x: /[0-9]/, y: /[1-9]/ }
const STATUS_LINE = /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** A CR or LF that is not part of a CR LF; a CR at the very end may still become one. */
const LONE_LINE_END = /\r[^\n]|(?<!\r)\n/g
const CONTROL = /[^\t\r\n\x20-\x7e\x80-\xff]/
/** A header that goes on in the next line (obs-fold); RFC 9112, 5.2, replaces the line end and the white space by a space. */
const FOLD = /[ \t]*\r\n[ \t]+/g
const FOLDED = /\r\n[ \t]/
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i

/** The reason why burn rejects an HTTP/1.1 reply as malformed: a failure class and a message. */
export type ReplyProblem = Pick<Failure, 'class' | 'message'>

/** The head of an HTTP/1.1 reply: its status, its headers, and what they say about the body and the connection. */
export interface ReplyHead {
  readonly status: number
  readonly headers: Headers
  /** The `set-cookie` headers one by one, because they cannot be joined. */
  readonly setCookies: readonly string[]
  /** What delimits the body, if the reply has one (RFC 9112, section 6.3). */
  readonly framing: 'length' | 'chunked' | 'close'
  /** Bytes of the body; 0 unless `framing` is `length`. */
  readonly length: number
  /** Why the transfer coding of the body cannot be read; undefined when it can. It does not matter for a reply without a body. */
  readonly codingProblem: ReplyProblem | undefined
  /** True when the server keeps the connection after the reply. */
  readonly persistent: boolean
  /** How long the server keeps an idle connection, in ms; undefined when it does not say. */
  readonly idleMs: number | undefined
}

/** Returns the failure class `bad_http` with a message, as the reason to reject a malformed HTTP/1.1 reply. */
export function badHttp(message: string): ReplyProblem {
  return { class: 'bad_http', message }
}

/**
 * Checks the beginning of an HTTP/1.1 head (status line and headers) before the rest has come. Returns what is wrong with it; undefined when nothing
 * is. Without this check, burn would wait in vain for the end of the head when a server speaks another protocol. `text` is all that has come so far;
 * its part before the index `from` was checked earlier.
 */
export function problemOfPart(text: string, from: number): ReplyProblem | undefined {
  for (let n = 0; n < START.length && n < text.length; n += 1) {
    const expected = START[n] ?? ''
    if (!(START_CLASSES[expected]?.test(text[n] ?? '') ?? expected === text[n]))
      return badHttp(`the reply is not HTTP/1.1: it begins with ${JSON.stringify(text.slice(0, SHOWN_CHARACTERS))}`)
  }
  return lineProblem(text, from)
}

function hasLoneLineEnd(text: string, from: number): boolean {
  LONE_LINE_END.lastIndex = Math.max(0, from - 1)
  return LONE_LINE_END.test(text)
}

function lineProblem(text: string, from: number): ReplyProblem | undefined {
  if (hasLoneLineEnd(text, from)) return badHttp('a line of the reply head does not end with CR LF')
  const lineEnd = text.indexOf('\r\n')
  if ((lineEnd < 0 ? text.length : lineEnd + 1) > MAX_STATUS_LINE_BYTES)
    return badHttp(`the status line is longer than ${MAX_STATUS_LINE_BYTES / 1024} KiB`)
  if (text.length > MAX_HEAD_BYTES) return badHttp(`the head of the reply is larger than ${MAX_HEAD_BYTES / 1024} KiB`)
  return undefined
}

/** Parses the complete head of an HTTP/1.1 reply: status line, headers and the empty line. Returns a problem when burn must reject the reply. */
export function readHead(text: string): ReplyHead | ReplyProblem {
  const lineEnd = text.indexOf('\r\n')
  const problem = statusLineProblem(text) ?? lineProblem(text, 0)
  if (problem) return problem
  const first = text.charCodeAt(lineEnd + 2)
  if (first === SPACE || first === TAB) return badHttp('white space stands before the first header of the reply')
  const fields = new HeaderFields()
  const malformed = fields.read(text.slice(lineEnd + 2))
  return malformed ?? headOf(Number(text.slice(9, 12)), text.charCodeAt(7) === ONE, fields)
}

/** Returns what is wrong with the status line of an HTTP/1.1 reply; undefined when it is well formed. */
export function statusLineProblem(text: string): ReplyProblem | undefined {
  if (STATUS_LINE.test(text.slice(0, text.indexOf('\r\n')))) return undefined
  return problemOfPart(text, 0) ?? badHttp('the status line of the reply is malformed')
}

/**
 * Returns what is wrong with the trailers of a chunked HTTP/1.1 body; undefined when they are well formed. `text` holds all trailers and the empty
 * line after them.
 */
export function trailerProblem(text: string): ReplyProblem | undefined {
  if (hasLoneLineEnd(text, 0)) return badHttp('a line of the trailers does not end with CR LF')
  return new HeaderFields().read(text)
}

const SPACE = 0x20
const TAB = 0x09
const ONE = 0x31

/**
 * The headers of a reply by lower-case name. The values of a repeated header are joined, except for headers such as `set-cookie` where that changes
 * the meaning.
 */
class HeaderFields {
  readonly headers: Record<string, string> = {}
  readonly setCookies: string[] = []
  private size = 0

  /** Reads header lines up to the empty line at the end of `text`; returns the first problem. */
  read(text: string): ReplyProblem | undefined {
    if (CONTROL.test(text)) return badHttp('a header of the reply holds a control character')
    const lines = FOLDED.test(text) ? text.replace(FOLD, ' ') : text
    for (let at = 0; at < lines.length - 2; ) {
      const end = lines.indexOf('\r\n', at)
      const colon = lines.indexOf(':', at)
      if (colon < 0 || colon > end) return badHttp('a header line of the reply has no colon')
      const name = lines.slice(at, colon)
      if (!FIELD_NAME.test(name)) return badHttp(`a header name of the reply is malformed: ${JSON.stringify(name)}`)
      const problem = this.add(name.toLowerCase(), trimmed(lines, colon + 1, end))
      if (problem) return problem
      at = end + 2
    }
    return undefined
  }

  private add(name: string, value: string): ReplyProblem | undefined {
    const { headers } = this
    this.size += name.length + value.length
    if (this.size >= MAX_FIELD_BYTES) return badHttp(`the reply headers are larger than ${MAX_FIELD_BYTES / 1024} KiB`)
    if (name === 'set-cookie') this.setCookies.push(value)
    if (!Object.hasOwn(headers, name)) headers[name] = value
    else if (name === 'location') return headers[name] === value ? undefined : badHttp('the reply names two places in Location')
    else headers[name] = `${headers[name]}, ${value}`
    return undefined
  }
}

/** Returns the text from `from` to `to` without spaces and tabs at both ends. */
function trimmed(text: string, from: number, to: number): string {
  let start = from
  let end = to
  for (let code = text.charCodeAt(start); start < end && (code === SPACE || code === TAB); code = text.charCodeAt(start))
    start += 1
  for (let code = text.charCodeAt(end - 1); end > start && (code === SPACE || code === TAB); code = text.charCodeAt(end - 1))
    end -= 1
  return text.slice(start, end)
}

function headOf(status: number, isVersion11: boolean, { headers, setCookies }: HeaderFields): ReplyHead | ReplyProblem {
  const { connection = '', 'content-length': lengths, 'transfer-encoding': encoding } = headers
  if (lengths !== undefined && encoding !== undefined)
    return badHttp('the reply gives its length in two ways that contradict each other: content-length and transfer-encoding')
  const length = lengths === undefined ? 0 : lengthOf(lengths)
  if (typeof length !== 'number') return length
  if (lengths?.includes(',')) headers['content-length'] = lengths.slice(0, lengths.indexOf(',')).trim()
  const codings = encoding === undefined ? [] : codingsOf(encoding)
  const isChunked = codings.at(-1) === 'chunked'
  // RFC 9112, 6.1: the framing of a reply of HTTP/1.0 with a transfer coding is faulty
  const kept = isVersion11 || (KEEP_ALIVE.test(connection) && encoding === undefined)
  // a server that gives such a reply a length may also send the body
  const misleads = (status === 204 || status === 304) && (length > 0 || encoding !== undefined)
  return {
    status,
    headers,
    setCookies,
    framing: lengths === undefined ? (isChunked ? 'chunked' : 'close') : 'length',
    length,
    codingProblem: codingProblem(codings),
    persistent: kept && !misleads && !CLOSE.test(connection),
    idleMs: idleMsOf(headers['keep-alive']),
  }
}

/** Reads the value of `content-length`. A list of equal lengths is one length, a list of different ones is an error (RFC 9112, section 6.3). */
function lengthOf(written: string): number | ReplyProblem {
  const [first = '', ...more] = written.split(',').map((one) => one.trim())
  if (more.some((one) => one !== first)) return badHttp('the reply gives its length twice, and the two contradict each other')
  const length = Number(first)
  return /^[0-9]+$/.test(first) && Number.isSafeInteger(length)
    ? length
    : badHttp(`the content-length of the reply is not a number of bytes: ${JSON.stringify(first)}`)
}

function codingsOf(encoding: string): readonly string[] {
  const names = encoding.toLowerCase().split(/[,\s]+/)
  return names.filter((name) => name !== '' && name !== 'identity')
}

function codingProblem(codings: readonly string[]): ReplyProblem | undefined {
  if (codings.length === 0 || codings.join() === 'chunked') return undefined
  if (codings.every((name) => name === 'chunked')) return badHttp('the reply is chunked twice')
  return {
    class: 'bad_encoding',
    message: `transfer-encoding ${JSON.stringify(codings.join(', '))} was not requested and cannot be decoded`,
  }
}

function idleMsOf(keepAlive: string | undefined): number | undefined {
  const seconds = keepAlive === undefined ? undefined : /timeout=(\d+)/.exec(keepAlive)?.[1]
  return seconds === undefined ? undefined : Number(seconds) * 1000
}
