import { MAX_HINTS } from './transport.ts'

/** The largest head of a reply in bytes, with status line and line ends. undici's parser itself limits names and values. */
const MAX_HEAD_BYTES = 64 * 1024
const MAX_STATUS_LINE_BYTES = 8 * 1024
/** The largest number of bytes without content that may come in a row inside a body: chunk sizes and their extensions, trailers. */
const MAX_FRAMING_BYTES = 64 * 1024
const SHOWN_CHARACTERS = 40

const END = '\r\n\r\n'
/** The start of a status line: `x` is a digit, `y` a digit from 1 to 9, `v` a known minor version. */
const START = 'HTTP/1.v yxx'
const START_CLASSES: Readonly<Record<string, RegExp>> = { v: /[01]/, x: /[0-9]/, y: /[1-9]/ }
const STATUS_LINE = /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** Matches a folded header line or white space after a header value, which are replaced before parsing (RFC 9112, sections 2.2 and 5.2). */
const FOLD = /[ \t]*\r\n[ \t]+/g
const TRAILING_SPACE = /[ \t]+\r\n/g

/**
 * Checks and corrects the head (status line and headers) of each HTTP/1.1 reply before undici parses it. undici is too strict with some heads: it
 * ends a connection at any `100 Continue`, and refuses folded headers and spaces after a length. With others it is too lax: it accepts status
 * lines of other protocols, and limits neither the status line nor the bytes between chunks. The filter is in one of two states:
 * | state | ends when |
 * | --- | --- |
 * | passing: bytes go to the parser unchanged | a request is sent (`expect`) → waiting |
 * | waiting: bytes are kept until the head is complete | the head of the final reply is complete → passing |
 */
export class HeadFilter {
  /** What is wrong with the reply; no bytes are passed on after that. Undefined while nothing is. */
  problem: string | undefined
  private waiting = false
  private held: Buffer | undefined
  /** Number of bytes of the gathered head that have been checked already. */
  private seen = 0
  private hints = 0
  /** Number of bytes without content (chunk sizes, trailers) that were passed on since the last content. */
  private framing = 0

  /** To be called when a request is sent: the next bytes are the head of a reply and are checked. */
  expect(): void {
    this.waiting = true
    this.hints = 0
  }

  /** To be called when the parser has found content: restarts the limited count of bytes without content. */
  content(): void {
    this.framing = 0
  }

  /** Returns the bytes that the parser may read; undefined when more have to come first, or when there is a `problem`. */
  take(chunk: Buffer): Buffer | undefined {
    if (!this.waiting) return this.pass(chunk)
    let bytes: Buffer | undefined = this.held ? Buffer.concat([this.held, chunk]) : chunk
    this.held = undefined
    while (bytes && this.problem === undefined) {
      const end = bytes.indexOf(END, Math.max(0, this.seen - END.length))
      this.problem = problemOfPart(end < 0 ? bytes : bytes.subarray(0, end + END.length), Math.max(0, this.seen - 1))
      if (this.problem !== undefined) return undefined
      if (end < 0) {
        this.held = bytes
        this.seen = bytes.byteLength
        return undefined
      }
      this.seen = 0
      const head = bytes.toString('latin1', 0, end + END.length)
      const rest: Buffer = bytes.subarray(end + END.length)
      if (head[9] !== '1') return this.final(head, rest)
      this.problem = this.interim(head)
      bytes = rest.byteLength > 0 ? rest : undefined
    }
    return undefined
  }

  private pass(chunk: Buffer): Buffer | undefined {
    if (this.framing > MAX_FRAMING_BYTES)
      this.problem = `more than ${MAX_FRAMING_BYTES / 1024} KiB of chunk extensions or trailers came without content`
    this.framing += chunk.byteLength
    return this.problem === undefined ? chunk : undefined
  }

  private interim(head: string): string | undefined {
    if (head.startsWith('101', 9)) return 'the target switched to another protocol without being asked'
    this.hints += 1
    return this.hints > MAX_HINTS ? `more than ${MAX_HINTS} informational (1xx) replies` : undefined
  }

  private final(head: string, rest: Buffer): Buffer | undefined {
    this.problem = problemOfHead(head)
    if (this.problem !== undefined) return undefined
    this.waiting = false
    this.framing = 0
    const start = head.indexOf('\r\n')
    const fields = head.slice(start)
    const plain = fields.replace(FOLD, ' ').replace(TRAILING_SPACE, '\r\n')
    return Buffer.concat([Buffer.from(head.slice(0, start) + plain, 'latin1'), rest])
  }
}

/**
 * Returns what is wrong with a head that is not complete yet: a server of another protocol may never complete it. Bytes before `from` were checked
 * earlier.
 */
function problemOfPart(bytes: Buffer, from: number): string | undefined {
  for (let n = 0; n < START.length && n < bytes.byteLength; n += 1) {
    const expected = START[n] ?? ''
    const char = String.fromCharCode(bytes[n] ?? 0)
    if (!(START_CLASSES[expected]?.test(char) ?? expected === char))
      return `the reply is not HTTP/1.1: it begins with ${JSON.stringify(bytes.toString('latin1', 0, SHOWN_CHARACTERS))}`
  }
  for (let n = from; n < bytes.byteLength; n += 1) {
    const alone = bytes[n] === 10 ? bytes[n - 1] !== 13 : bytes[n] === 13 && n + 1 < bytes.byteLength && bytes[n + 1] !== 10
    if (alone) return 'a line of the reply head does not end with CR LF'
  }
  if (bytes.byteLength > MAX_STATUS_LINE_BYTES && bytes.indexOf('\r\n') > MAX_STATUS_LINE_BYTES - 1) return TOO_LONG
  if (bytes.byteLength > MAX_STATUS_LINE_BYTES && !bytes.includes('\r\n')) return TOO_LONG
  return bytes.byteLength > MAX_HEAD_BYTES ? `the head of the reply is larger than ${MAX_HEAD_BYTES / 1024} KiB` : undefined
}

const TOO_LONG = `the status line is longer than ${MAX_STATUS_LINE_BYTES / 1024} KiB`

/** Returns what is wrong with a complete head, for errors that undici's parser accepts or reports wrongly; undefined when nothing is. */
function problemOfHead(head: string): string | undefined {
  const end = head.indexOf('\r\n')
  if (!STATUS_LINE.test(head.slice(0, end))) return 'the status line of the reply is malformed'
  if (head[end + 2] === ' ' || head[end + 2] === '\t') return 'white space stands before the first header of the reply'
  const lengths = head.match(/\r\ncontent-length[ \t]*:[^\r]*/gi) ?? []
  const given = lengths.flatMap((line) => line.slice(line.indexOf(':') + 1).split(','))
  if (given.length > 1) return 'the reply gives its length twice, in ways that may contradict each other'
  if (given.length === 1 && /\r\ntransfer-encoding[ \t]*:/i.test(head))
    return 'the reply gives its length in two ways that contradict each other: content-length and transfer-encoding'
  return undefined
}
