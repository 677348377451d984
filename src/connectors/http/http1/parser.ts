/** Reads HTTP/1.1 replies from bytes in pieces of any size. It uses neither sockets nor the clock. */
import { MAX_HINTS } from '../transport.ts'
import { hexDigit, usualSizeLine } from './chunk-size.ts'
import { badHttp, problemOfPart, type ReplyHead, type ReplyProblem, readHead, statusLineProblem, trailerProblem } from './head.ts'

/** The largest number of bytes without content that may come in a row inside a body: chunk sizes and their extensions, trailers. */
const MAX_FRAMING_BYTES = 64 * 1024
/** A head of more bytes is not kept for comparison with the head of the next reply. */
const MAX_KNOWN_BYTES = 2048

const TAB = 0x09
const LF = 0x0a
const CR = 0x0d
const SPACE = 0x20
const SEMICOLON = 0x3b
const DELETE = 0x7f

/** The callbacks that a parser of HTTP/1.1 replies calls: `head` once for each reply, then `body` for each piece of its body. */
export interface ReplyParts {
  /** Called with the head of the final reply; interim replies (1xx) are skipped. */
  head(head: ReplyHead): void
  /** Called with a piece of the body, `bytes` from `start` to `end`; they are valid only during the call. */
  body(bytes: Buffer, start: number, end: number): void
}

/**
 * Parses the HTTP/1.1 replies of one connection. It refuses a reply that RFC 9112 calls an error. It also refuses a line that ends in LF without CR,
 * which the RFC lets clients accept or refuse. The states of the parser, and what follows each:
 * | state | next state |
 * | --- | --- |
 * | idle: no reply is expected | head, when a request is sent (`expect`) |
 * | head: status line and headers | head again after an interim reply (1xx); else counted, size (chunked body), open, or idle without a body |
 * | counted: a known number of bytes of a body or chunk | idle at the end of the body, chunk-cr at the end of a chunk |
 * | chunk-cr, chunk-lf: the line end after a chunk | size |
 * | size, padding, extension, size-lf: the line before a chunk | counted, or trailers after the last chunk |
 * | trailers, or open (a body of unknown length) | idle, after the empty line, or when the connection ends |
 */
export class ReplyParser {
  /** Why the reply is refused; no more bytes are read then. Undefined while there is nothing wrong. */
  problem: ReplyProblem | undefined
  private readonly parts: ReplyParts
  private state: ParserState = 'idle'
  private method = ''
  /** The beginning of a head or of trailers, until they are complete. */
  private held: Buffer | undefined
  private hints = 0
  /** Bytes of the body or of the chunk that are still to come. */
  private left = 0
  private isChunked = false
  private digits = 0
  /** Number of bytes without content (chunk sizes, trailers) since the last content of the body. */
  private framing = 0
  /** The head of the last reply, parsed and as bytes: if the next head has the same bytes, it is not parsed again. */
  private known: ReplyHead | undefined
  private knownBytes: Buffer = EMPTY

  constructor(parts: ReplyParts) {
    this.parts = parts
  }

  /** True when no reply is expected, because the last one is complete. */
  get idle(): boolean {
    return this.state === 'idle'
  }

  /** To be called when a request is sent; `method` decides whether its reply has a body. */
  expect(method: string): void {
    this.method = method
    this.hints = 0
    this.state = 'head'
  }

  /** Reads `bytes` up to `length`. Returns how many of them belong to the reply; the others came after its end or a problem. */
  take(bytes: Buffer, length: number): number {
    let at = 0
    while (at < length && this.state !== 'idle' && this.problem === undefined) at = this.step(bytes, at, length)
    return at
  }

  /** To be called when the server has ended the connection; returns true when that completes the reply. */
  end(): boolean {
    if (this.state !== 'open') return false
    this.state = 'idle'
    return true
  }

  private step(bytes: Buffer, at: number, end: number): number {
    switch (this.state) {
      case 'head':
        return this.takeHead(bytes, at, end)
      case 'counted':
        return this.takeCounted(bytes, at, end)
      case 'open':
        this.parts.body(bytes, at, end)
        return end
      case 'trailers':
        return this.takeTrailers(bytes, at, end)
      default:
        return this.takeFraming(bytes, at, end)
    }
  }

  private takeHead(bytes: Buffer, at: number, end: number): number {
    const { known, knownBytes, held } = this
    const after = at + knownBytes.byteLength
    if (known && !held && after <= end && bytes.compare(knownBytes, 0, knownBytes.byteLength, at, after) === 0) {
      this.begin(known)
      return after
    }
    const seen = held?.byteLength ?? 0
    const block = this.joined(bytes, at, end)
    const blank = block.indexOf(BLANK_LINE, Math.max(0, seen - 3))
    if (blank < 0) {
      this.problem = problemOfPart(block.toString('latin1'), seen)
      this.hold(block)
      return end
    }
    this.held = undefined
    this.finishHead(block.subarray(0, blank + 4))
    return at + blank + 4 - seen
  }

  private finishHead(bytes: Buffer): void {
    if (latest.head && bytes.equals(latest.bytes)) {
      this.known = latest.head
      this.knownBytes = latest.bytes
      this.begin(latest.head)
      return
    }
    const text = bytes.toString('latin1')
    if (text.charCodeAt(9) === INTERIM) {
      this.problem = statusLineProblem(text) ?? this.interim(text)
      return
    }
    const head = readHead(text)
    if ('message' in head) {
      this.problem = head
      return
    }
    const isKept = text.length <= MAX_KNOWN_BYTES
    if (isKept) latest = { head, bytes: Buffer.from(bytes) }
    this.known = isKept ? head : undefined
    this.knownBytes = isKept ? latest.bytes : EMPTY
    this.begin(head)
  }

  private interim(text: string): ReplyProblem | undefined {
    if (text.startsWith('101', 9)) return badHttp('the target switched to another protocol without being asked')
    this.hints += 1
    return this.hints > MAX_HINTS ? badHttp(`more than ${MAX_HINTS} informational (1xx) replies`) : undefined
  }

  private begin(head: ReplyHead): void {
    const bodiless = this.method === 'HEAD' || head.status === 204 || head.status === 304
    this.problem = bodiless ? undefined : head.codingProblem
    if (this.problem) return
    this.framing = 0
    this.left = head.length
    this.isChunked = head.framing === 'chunked'
    if (bodiless || (head.framing === 'length' && head.length === 0)) this.state = 'idle'
    else if (this.isChunked) this.awaitChunk()
    else this.state = head.framing === 'length' ? 'counted' : 'open'
    this.parts.head(head)
  }

  private takeCounted(bytes: Buffer, at: number, end: number): number {
    const stop = Math.min(end, at + this.left)
    this.left -= stop - at
    this.framing = 0
    if (this.left === 0) this.state = this.isChunked ? 'chunk-cr' : 'idle'
    this.parts.body(bytes, at, stop)
    return stop
  }

  private awaitChunk(): void {
    this.state = 'size'
    this.left = 0
    this.digits = 0
  }

  /** Parses bytes between the contents of two chunks: line ends, sizes and trailers. */
  private takeFraming(bytes: Buffer, start: number, end: number): number {
    let at = this.takeSizeLine(bytes, start, end)
    while (at < end && this.problem === undefined && this.isBetween()) {
      this.frameByte(bytes[at] ?? 0)
      at += 1
    }
    this.countFraming(at - start)
    return at
  }

  /** Takes the line end of the chunk before and the size of the next one, if both are there and in the usual form. Returns where they end. */
  private takeSizeLine(bytes: Buffer, start: number, end: number): number {
    const isAfterChunk = this.state === 'chunk-cr'
    if (!isAfterChunk && (this.state !== 'size' || this.digits > 0)) return start
    const after = usualSizeLine(bytes, start, end, isAfterChunk)
    if (after === 0) return start
    for (let at = isAfterChunk ? start + 2 : start; at < after - 2; at += 1) this.left = this.left * 16 + hexDigit(bytes[at] ?? 0)
    this.state = 'counted'
    return after
  }

  private isBetween(): boolean {
    return this.state !== 'counted' && this.state !== 'trailers'
  }

  private countFraming(bytes: number): void {
    this.framing += bytes
    if (this.framing > MAX_FRAMING_BYTES)
      this.problem ??= badHttp(`more than ${MAX_FRAMING_BYTES / 1024} KiB of chunk extensions or trailers came without content`)
  }

  private frameByte(byte: number): void {
    switch (this.state) {
      case 'chunk-cr':
        this.expectByte(byte, CR, 'chunk-lf')
        break
      case 'chunk-lf':
        if (this.expectByte(byte, LF, 'size')) this.awaitChunk()
        break
      case 'size-lf':
        this.expectByte(byte, LF, this.left === 0 ? 'trailers' : 'counted')
        break
      case 'extension':
        if (byte === CR) this.state = 'size-lf'
        else if ((byte < SPACE && byte !== TAB) || byte === DELETE) this.problem = badHttp('a chunk extension is malformed')
        break
      default:
        this.sizeByte(byte)
    }
  }

  private expectByte(byte: number, expected: number, next: ParserState): boolean {
    if (byte === expected) this.state = next
    else this.problem = badHttp('a chunk does not end where its size says')
    return byte === expected
  }

  /** Takes a byte of the chunk size, or of the white space after it, which RFC 9112, 7.1.1, and many servers have. */
  private sizeByte(byte: number): void {
    const digit = this.state === 'size' ? hexDigit(byte) : -1
    if (digit >= 0) {
      this.left = this.left * 16 + digit
      this.digits += 1
      if (this.left > Number.MAX_SAFE_INTEGER) this.problem = badHttp('a chunk size is too large')
    } else if (this.digits === 0) this.problem = BAD_SIZE
    else if (byte === CR) this.state = 'size-lf'
    else if (byte === SEMICOLON) this.state = 'extension'
    else if (byte === SPACE || byte === TAB) this.state = 'padding'
    else this.problem = BAD_SIZE
  }

  private takeTrailers(bytes: Buffer, at: number, end: number): number {
    const seen = this.held?.byteLength ?? 0
    const block = this.joined(bytes, at, end)
    const isEmpty = block.byteLength > 1 && block[0] === CR && block[1] === LF
    const size = isEmpty ? 2 : block.indexOf(BLANK_LINE, Math.max(0, seen - 3)) + 4
    if (size < 4 && !isEmpty) {
      this.hold(block)
      this.countFraming(end - at)
      return end
    }
    this.held = undefined
    this.problem = trailerProblem(block.toString('latin1', 0, size))
    this.countFraming(size - seen)
    if (this.problem === undefined) this.state = 'idle'
    return at + size - seen
  }

  /** Returns the bytes in `held` followed by `bytes` from `at` to `end`. */
  private joined(bytes: Buffer, at: number, end: number): Buffer {
    const piece = bytes.subarray(at, end)
    return this.held ? Buffer.concat([this.held, piece]) : piece
  }

  /** Holds bytes of an incomplete head or trailer section. They are copied, because the socket may reuse its memory. */
  private hold(block: Buffer): void {
    this.held = Buffer.from(block)
  }
}

type ParserState =
  | 'idle'
  | 'head'
  | 'counted'
  | 'chunk-cr'
  | 'chunk-lf'
  | 'size'
  | 'padding'
  | 'extension'
  | 'size-lf'
  | 'trailers'
  | 'open'

const EMPTY = Buffer.alloc(0)

/** The head that was parsed last on any connection, because the connections to one target mostly get equal heads. They then share one object. */
let latest: { readonly head: ReplyHead | undefined; readonly bytes: Buffer } = { head: undefined, bytes: EMPTY }
const BLANK_LINE = Buffer.from('\r\n\r\n')
/** The digit `1` in ASCII, with which the status of an interim reply (1xx) begins. */
const INTERIM = 0x31
const BAD_SIZE = badHttp('a chunk size is malformed')
