import type { Exchange, Headers, ReplyReader } from '../../exchange.ts'
import { type Framer, type FrameSink, MAX_EVENT_LENGTH } from '../framing/frames.ts'
import { framers } from '../framing/index.ts'
import { type EndRule, endRuleOf } from '../generic/end-rule.ts'
import type { ChatOptions, Decoder, Dialect } from '../parts/dialect.ts'
import { isDone, isGrpc } from '../parts/events.ts'
import { parseJson, sample } from '../parts/json.ts'
import { isLenient } from '../parts/lenient.ts'
import { warnOfReasoning } from '../parts/reasoning.ts'
import { mediaType, pickReading, type Reading } from './content-type.ts'
import { ErrorBody } from './error-body.ts'
import { type EventPattern, patternOf } from './event-pattern.ts'

export { plainReader } from './plain-reader.ts'

const SAMPLE_BYTES = 200
/**
 * The first event of a stream, counted from 1, from which a pattern may be made, because the first often has another form. LAST_LESSON is the last
 * one.
 */
const FIRST_LESSON = 2
const LAST_LESSON = 4

/** The pattern of the usual events for each API format, because all streams of a target usually have the same form. */
const patterns = new WeakMap<Dialect, EventPattern>()

/**
 * Returns the reader for the reply to one request: it splits the reply into events and reads them by the API format `dialect`. `mapping` holds the
 * target's own settings for that format, `body` the extra fields of the request, and `streaming` is true when the request asked for a stream. An
 * event longer than `maxEventLength` UTF-16 units fails the reply.
 */
export function createReader(
  dialect: Dialect,
  mapping: unknown,
  streaming: boolean,
  maxEventLength: number = MAX_EVENT_LENGTH,
  body?: ChatOptions['body'],
): ReplyReader {
  return new DialectReader(dialect, dialect.decoder(mapping, body), mapping, streaming, maxEventLength)
}

class DialectReader implements ReplyReader, FrameSink {
  readonly maxEventLength: number
  private readonly dialect: Dialect
  private readonly decoder: Decoder
  private readonly endRule: EndRule | undefined
  private readonly streaming: boolean
  private reading: Reading | undefined
  private framer: Framer | undefined
  private errorBody: ErrorBody | undefined
  private exchange: Exchange | undefined
  private isHtml = false
  private isJson = false
  private events = 0
  private pattern: EventPattern | undefined
  private learns: boolean
  /** The first bytes of the reply, kept until its first event. If no event comes, they are shown in the error message. */
  private readonly beginning: Uint8Array[] = []
  private beginningBytes = 0

  constructor(dialect: Dialect, decoder: Decoder, mapping: unknown, streaming: boolean, maxEventLength: number) {
    this.maxEventLength = maxEventLength
    this.dialect = dialect
    this.decoder = decoder
    this.endRule = endRuleOf(mapping, dialect.mapping !== undefined)
    this.streaming = streaming
    this.learns = this.endRule === undefined && this.decoder.textOf !== undefined
    this.pattern = this.learns ? patterns.get(dialect) : undefined
  }

  head(status: number, headers: Headers): void {
    this.isHtml = mediaType(headers).includes('html')
    this.isJson = mediaType(headers).includes('json')
    if (status >= 300) this.errorBody = new ErrorBody(status, headers)
    else this.read(pickReading(this.dialect, this.streaming, isLenient(this.decoder), status, headers))
  }

  push(bytes: Uint8Array, exchange: Exchange): void {
    this.exchange = exchange
    if (this.errorBody !== undefined) {
      this.errorBody.push(bytes, exchange, this.decoder)
      return
    }
    if (this.reading === undefined) this.read('message')
    if (this.events === 0) this.keepBeginning(bytes)
    if (this.reading === 'wrong') {
      if (this.beginningBytes >= SAMPLE_BYTES) this.rejectContent(exchange)
    } else this.guarded(bytes, exchange)
    if (exchange.outcome === 'ok') warnOfReasoning(exchange)
  }

  end(exchange: Exchange): void {
    this.exchange = exchange
    if (this.errorBody !== undefined) {
      this.errorBody.end(exchange, this.decoder)
      return
    }
    this.guarded(undefined, exchange)
    if (!exchange.settled && this.reading !== 'json') {
      if (this.events === 0) this.rejectContent(exchange)
      else if (!this.endRule?.closes(exchange)) this.decoder.end(exchange)
    }
    if (exchange.outcome !== 'failed') warnOfReasoning(exchange)
  }

  frame(name: string, data: string, complete: boolean): void {
    const exchange = this.exchange
    if (exchange === undefined || exchange.settled) return
    this.events += 1
    if (!complete && !this.isWhole(data))
      exchange.reject('closed_early', `the stream ended in the middle of an event: ${sample(data)}`)
    else if (this.reading === 'json') this.document(data, exchange)
    else {
      if (this.learns && this.events >= FIRST_LESSON) this.learn(name, data)
      this.event(name, data, exchange)
    }
  }

  takeUsual(bytes: Uint8Array): number {
    const { pattern, exchange, decoder } = this
    let taken = 0
    while (pattern && exchange) {
      const end = pattern.match(bytes, taken)
      if (end < 0 || end - taken > this.maxEventLength) break
      if (!pattern.report(bytes, exchange)) break
      decoder.passedBy?.(pattern.isEmpty)
      this.events += 1
      this.learns = false
      taken = end
    }
    return taken
  }

  /** Makes a pattern from an event that does not fit the current pattern. */
  private learn(name: string, data: string): void {
    const { decoder } = this
    this.learns = this.events < LAST_LESSON
    const pattern = patternOf(name, data, (event) => decoder.textOf?.(event))
    if (!pattern) return
    this.learns = false
    this.pattern = pattern
    patterns.set(this.dialect, pattern)
  }

  private event(name: string, data: string, exchange: Exchange): void {
    const rule = this.endRule
    if (rule?.isMarker(data)) {
      exchange.finish()
      return
    }
    const isMessage = this.reading === 'message'
    if (isMessage) this.message(data, exchange)
    else this.decoder.event(name, data, exchange)
    if (rule?.isLast(name, data, isMessage && !isGrpc(exchange), exchange)) exchange.finish()
  }

  broken(failureClass: string, message: string): void {
    this.exchange?.reject(failureClass, message)
  }

  odd(warning: string, bytes: Uint8Array): void {
    this.exchange?.warnOnce(warning)
    this.exchange?.odd(bytes)
  }

  private read(reading: Reading): void {
    this.reading = reading
    // Only the framer of SSE asks for usual events.
    this.learns &&= reading === 'sse'
    if (reading !== 'wrong') this.framer = framers[reading](this)
  }

  /** Passes bytes to the framer. An unexpected exception fails the exchange as a bug of burn, and the run goes on. */
  private guarded(bytes: Uint8Array | undefined, exchange: Exchange): void {
    try {
      if (bytes === undefined) this.framer?.end()
      else this.framer?.push(bytes)
    } catch (error) {
      exchange.reject('bug', `the reply could not be read: ${error instanceof Error ? error.message : String(error)}`)
    }
  }

  private document(body: string, exchange: Exchange): void {
    const parsed = parseJson(body)
    if (parsed.ok) {
      this.decoder.document(parsed.value, exchange)
      // A document arrives at once, so there are no gaps between its tokens.
      exchange.gapsMs.length = 0
    }
    // A reply that claims to be JSON and is not was damaged on its way: it must not pass for plain text.
    else if (!this.isJson && isLenient(this.decoder) && this.decoder.plain(body, this.isHtml, exchange)) return
    else if (this.streaming && this.dialect.framing === 'sse') this.rejectContent(exchange)
    else
      exchange.reject('bad_json', body === '' ? 'the reply is empty' : `the reply is not JSON: ${parsed.reason}: ${sample(body)}`)
  }

  private message(data: string, exchange: Exchange): void {
    if (isLenient(this.decoder)) this.decoder.message(data, exchange)
    else if (this.streaming) this.decoder.event('', data, exchange)
    else {
      this.document(data, exchange)
      exchange.finish()
    }
  }

  /** Fails an exchange whose stream had no event, or whose content type is not that of a stream. */
  private rejectContent(exchange: Exchange): void {
    if (this.reading === undefined) {
      exchange.reject(isGrpc(exchange) ? 'bad_grpc' : 'bad_ws', 'the reply was over without a message')
      return
    }
    const failureClass = this.dialect.framing === 'ndjson' ? 'bad_json' : 'bad_sse'
    const type = exchange.headers['content-type'] ?? 'no content type'
    const start = Buffer.concat(this.beginning).subarray(0, SAMPLE_BYTES).toString('utf8')
    exchange.reject(
      failureClass,
      `expected a stream of events, got none (${type}): ${start === '' ? 'an empty reply' : sample(start)}`,
    )
  }

  private keepBeginning(bytes: Uint8Array): void {
    if (this.beginningBytes >= SAMPLE_BYTES) return
    this.beginning.push(Buffer.from(bytes.subarray(0, SAMPLE_BYTES)))
    this.beginningBytes += bytes.byteLength
  }

  private isWhole(data: string): boolean {
    if (isDone(data) || this.endRule?.isMarker(data) || (isLenient(this.decoder) && data.trim() === this.decoder.endMarker))
      return true
    return parseJson(data).ok
  }
}
