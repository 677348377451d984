/**
 * The head of each reply before the parser sees it. undici ends a connection at any `100 Continue`, takes status lines of other protocols,
 * refuses folded headers and white space behind a length, and bounds neither the status line nor what stands between chunks.
 */
import { MAX_HINTS } from './transport.ts'

/** The whole head, status line and line ends included. The parser has a bound of its own for names and values. */
const MAX_HEAD_BYTES = 64 * 1024
const MAX_STATUS_LINE_BYTES = 8 * 1024
/** What may come of a body without a byte of its content: chunk sizes and their extensions, trailers. */
const MAX_FRAMING_BYTES = 64 * 1024
const SHOWN_CHARACTERS = 40

const END = '\r\n\r\n'
/** `x` stands for a digit, `y` for one from 1 to 9, `v` for a minor version that we know. */
const START = 'HTTP/1.v yxx'
const START_CLASSES: Readonly<Record<string, RegExp>> = { v: /[01]/, x: /[0-9]/, y: /[1-9]/ }
const STATUS_LINE = /^HTTP\/1\.[01] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/
/** RFC 9112, 2.2 and 5.2: folded lines, and the white space around a value, which is no part of it. */
const FOLD = /[ \t]*\r\n[ \t]+/g
const TRAILING_SPACE = /[ \t]+\r\n/g

/**
 * | state | left by |
 * | --- | --- |
 * | passing: what comes goes to the parser as it is | `expect` → waiting |
 * | waiting: the head is gathered | an interim reply (1xx) is whole → waiting; the head is whole → passing |
 */
export class HeadFilter {
  /** What is wrong with the reply; nothing is passed on any more. */
  fault: string | undefined
  private waiting = false
  private held: Buffer | undefined
  /** So much of what is held has been looked at. */
  private seen = 0
  private hints = 0
  /** Bytes that were passed on since there was content. */
  private framing = 0

  /** A request goes out: a head comes next. */
  expect(): void {
    this.waiting = true
    this.hints = 0
  }

  /** The parser found content in what it got. */
  content(): void {
    this.framing = 0
  }

  /** What the parser gets for these bytes; undefined when more are needed, or there is a fault. */
  take(chunk: Buffer): Buffer | undefined {
    if (!this.waiting) return this.pass(chunk)
    let bytes: Buffer | undefined = this.held ? Buffer.concat([this.held, chunk]) : chunk
    this.held = undefined
    while (bytes && this.fault === undefined) {
      const end = bytes.indexOf(END, Math.max(0, this.seen - END.length))
      this.fault = faultOfPart(end < 0 ? bytes : bytes.subarray(0, end + END.length), Math.max(0, this.seen - 1))
      if (this.fault !== undefined) return undefined
      if (end < 0) {
        this.held = bytes
        this.seen = bytes.byteLength
        return undefined
      }
      this.seen = 0
      const head = bytes.toString('latin1', 0, end + END.length)
      const rest: Buffer = bytes.subarray(end + END.length)
      if (head[9] !== '1') return this.final(head, rest)
      this.fault = this.interim(head)
      bytes = rest.byteLength > 0 ? rest : undefined
    }
    return undefined
  }

  private pass(chunk: Buffer): Buffer | undefined {
    if (this.framing > MAX_FRAMING_BYTES)
      this.fault = `more than ${MAX_FRAMING_BYTES / 1024} KiB of chunk extensions or trailers came without content`
    this.framing += chunk.byteLength
    return this.fault === undefined ? chunk : undefined
  }

  private interim(head: string): string | undefined {
    if (head.startsWith('101', 9)) return 'the target switched to another protocol without being asked'
    this.hints += 1
    return this.hints > MAX_HINTS ? `more than ${MAX_HINTS} informational (1xx) replies` : undefined
  }

  private final(head: string, rest: Buffer): Buffer | undefined {
    this.fault = faultOfHead(head)
    if (this.fault !== undefined) return undefined
    this.waiting = false
    this.framing = 0
    const start = head.indexOf('\r\n')
    const fields = head.slice(start)
    const plain = fields.replace(FOLD, ' ').replace(TRAILING_SPACE, '\r\n')
    return Buffer.concat([Buffer.from(head.slice(0, start) + plain, 'latin1'), rest])
  }
}

/** What can be said before the head is whole: a peer that speaks something else may never end one. `from` is what was looked at before. */
function faultOfPart(bytes: Buffer, from: number): string | undefined {
  for (let n = 0; n < START.length && n < bytes.byteLength; n += 1) {
    const wanted = START[n] ?? ''
    const char = String.fromCharCode(bytes[n] ?? 0)
    if (!(START_CLASSES[wanted]?.test(char) ?? wanted === char))
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

/** What the parser would take, or would name wrongly. */
function faultOfHead(head: string): string | undefined {
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
