/** HTTP/1.1 with undici: one `Client` for each socket, which burn connects itself, so that undici neither connects nor sends again. */
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { Client, type Dispatcher } from 'undici'
import { LONGEST_TIMER_MS, now } from '../../clock.ts'
import type { Failure, Headers } from '../../exchange.ts'
import { classify, codeOf, isSocketError } from '../wire/failures.ts'
import { HeadFilter } from './head-filter.ts'
import { HINT_MARGIN_MS, type HttpClient, type HttpLine, type HttpRequest, type LineEvents } from './transport.ts'

const GONE = 'CONNECTION_GONE'
const SENDS_EMPTY_LENGTH = new Set(['POST', 'PUT', 'PATCH', 'QUERY', 'PROPFIND', 'PROPPATCH'])

/**
 * Makes undici load its parser before the run, by a request over a socket without network. Otherwise the first reply's time would include this load,
 * and the load would fail when no file descriptor is left.
 */
export async function warmUp(): Promise<void> {
  const socket = new Duplex({
    read() {},
    write(_chunk, _encoding, done) {
      done()
      socket.push('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    },
  })
  // undici uses what any stream has, and the methods of sockets only where they exist
  const line = attachUndici(socket as Socket, 'http://localhost')
  const request = { method: 'GET', url: new URL('http://localhost/'), headers: {}, body: undefined }
  const nothing = { sent() {}, head() {}, data() {} }
  await new Promise<void>((over) => {
    line.request(request, false, { ...nothing, unsent: over, end: () => over(), failed: () => over() })
  })
  socket.destroy()
}

/** The HTTP/1.1 client that uses the library undici. */
export const client: HttpClient = { attach: attachUndici, forwards: false, sharedReads: false }

/** Lets undici send HTTP/1.1 requests over a socket that is already connected. */
function attachUndici(socket: Socket, origin: string): HttpLine {
  let given = false
  const client = new Client(origin, {
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
    // Its idle timer must not act unless the server asks for that (`keep-alive: timeout=…`).
    keepAliveTimeout: LONGEST_TIMER_MS,
    keepAliveMaxTimeout: LONGEST_TIMER_MS,
    keepAliveTimeoutThreshold: HINT_MARGIN_MS,
    allowH2: false,
    connect(_options, callback) {
      const refused = given || socket.destroyed
      given = true
      // undici does not expect the callback within the call
      queueMicrotask(() =>
        refused ? callback(Object.assign(new Error('the connection is gone'), { code: GONE }), null) : callback(null, socket),
      )
    },
  })
  const state: SocketState = {
    socket,
    filter: filtered(socket),
    ended: false,
    broke: undefined,
    at: now(),
    deliveries: 0,
    justReplied: false,
  }
  // before undici's own listener: all bytes of one delivery have one stamp, from before parsing
  socket.on('readable', () => {
    state.at = now()
    if (socket.readableLength > 0) state.deliveries += 1
  })
  // a TLS alert is only emitted as an event, and undici would replace it with an error of its own
  socket.on('error', (error) => {
    if (isSocketError(error)) state.broke ??= error
  })
  socket.once('end', () => {
    state.ended = true
  })
  return {
    get reusable() {
      return !socket.destroyed
    },
    request(request, close, events) {
      const { method, url, headers, body } = request
      const passage = new UndiciHandler(state, request, close, events)
      const options = { method, path: url.pathname + url.search, headers, body: body ?? null, reset: close }
      // a FIN that came with the reply is read in the next turn of the loop, and undici waits only for the end of this one
      if (state.justReplied) setImmediate(() => client.dispatch(options, passage))
      else client.dispatch(options, passage)
    },
  }
}

/** Makes the socket pass what it reads through a head filter before undici gets it. */
function filtered(socket: Socket): HeadFilter {
  const filter = new HeadFilter()
  const read = socket.read.bind(socket)
  const next = (): Buffer | null => {
    for (let chunk: Buffer | null = read(); chunk !== null; chunk = read()) {
      const passed = filter.take(chunk)
      if (passed) return passed
      if (filter.problem !== undefined) {
        socket.destroy(new Error(filter.problem))
        return null
      }
    }
    return null
  }
  socket.read = (size?: number): Buffer | null => (size === undefined ? next() : read(size))
  return filter
}

interface SocketState {
  readonly socket: Socket
  readonly filter: HeadFilter
  /** True when the peer has sent its FIN. */
  ended: boolean
  /** The first error that the operating system or TLS reported for the socket; undefined without one. */
  broke: Error | undefined
  /** Monotonic ms at which the bytes being parsed were delivered. */
  at: number
  /** Number of times that the socket has delivered bytes. */
  deliveries: number
  /** True when a reply ended in this turn of the event loop. */
  justReplied: boolean
}

/** One request that undici carries: the callbacks of undici become calls of the line's events. */
class UndiciHandler implements Dispatcher.DispatchHandler {
  private readonly state: SocketState
  private readonly request: HttpRequest
  private readonly close: boolean
  private readonly events: LineEvents
  private started = false
  private answered = false
  /** The failure with which burn rejects the reply; undefined while the reply is acceptable. */
  private refusal: Pick<Failure, 'class' | 'message'> | undefined
  private framedByClose = false
  private deliveriesBefore = 0

  constructor(state: SocketState, request: HttpRequest, close: boolean, events: LineEvents) {
    this.state = state
    this.request = request
    this.close = close
    this.events = events
  }

  onRequestStart(): void {
    this.started = true
    this.state.filter.expect()
    this.deliveriesBefore = this.state.deliveries
    this.events.sent(wireBytes(this.request, this.close))
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: RawHeaders): void {
    this.answered = true
    this.refusal = refusalOf(this.request.method, status, headers)
    if (this.refusal) {
      controller.abort(new Error(this.refusal.message))
      return
    }
    this.framedByClose = endsWithConnection(this.request.method, status, headers)
    this.events.head(status, joined(headers), [headers['set-cookie'] ?? []].flat(), this.state.at)
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.state.filter.content()
    this.events.data(chunk, this.state.at)
  }

  onResponseEnd(): void {
    const { state } = this
    const { broke } = state
    state.justReplied = true
    setImmediate(() => {
      state.justReplied = false
    })
    // undici accepts a reset as the end of a body that only the end of the connection delimits
    if (this.framedByClose && broke) this.events.failed(classify(broke, 'stream'))
    else queueMicrotask(() => this.end())
  }

  /** Ends the reply one microtask later: by then undici has parsed the rest of the delivery, and surplus bytes after the reply are known. */
  private end(): void {
    const surplus = this.state.socket.errored?.message === 'bad response'
    this.events.end(this.framedByClose ? 'unverified_end' : surplus ? 'extra_bytes' : undefined)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    const failure = classify(error, 'send')
    if (this.started) this.events.failed(this.named(error))
    else if (isSocketError(error) && failure.class.startsWith('local_')) this.events.failed(failure)
    else if (codeOf(error) === GONE || isSocketError(error) || codeOf(error) === 'UND_ERR_SOCKET') this.events.unsent()
    else this.events.failed({ ...failure, class: 'local_request' })
  }

  /**
   * Returns the failure for an error that undici reports. An error of the socket itself names the cause better; after a FIN, the closed connection is
   * the cause.
   */
  private named(error: Error): Failure {
    if (this.refusal) return { ...this.refusal, phase: 'headers' }
    const phase = this.answered ? 'stream' : 'headers'
    const { broke, ended, filter } = this.state
    const code = codeOf(error)
    if (filter.problem !== undefined) return { class: 'bad_http', phase, message: filter.problem }
    if (broke) return classify(broke, phase)
    if (ended) return { ...this.closedEarly(), phase, ...coded(code) }
    if (error.name === 'HTTPParserError' || code?.startsWith('UND_ERR'))
      return { class: 'bad_http', phase, message: badHttp(error, code), ...coded(code) }
    return classify(error, phase)
  }

  /**
   * Returns the failure for a connection that closed before the reply was complete. A reused connection without any reply byte was most likely closed
   * by the server, as idle, while the request was on its way.
   */
  private closedEarly(): Pick<Failure, 'class' | 'message'> {
    const { deliveries } = this.state
    const gaveUp = this.deliveriesBefore > 0 && deliveries === this.deliveriesBefore
    if (!gaveUp) return { class: 'closed_early', message: 'the connection was closed before the reply was complete' }
    return { class: 'reset', message: 'the kept connection was closed when the request came' }
  }
}

type RawHeaders = Readonly<Record<string, string | string[] | undefined>>

const HINTS: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_OVERFLOW: 'the reply headers are larger than 16 KiB',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the reply has not the length that it tells, or a malformed header beside it',
}

function badHttp(error: Error, code: string | undefined): string {
  if (error.message === 'bad response') return 'bytes came that no request asked for'
  if (error.message === 'bad upgrade') return 'the target switched to another protocol without being asked'
  return HINTS[code ?? ''] ?? error.message
}

function coded(code: string | undefined): { code?: string } {
  return code === undefined ? {} : { code }
}

function joined(headers: RawHeaders): Headers {
  const flat: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined)
      flat[name] = !Array.isArray(value) ? value : name === 'location' ? (value[0] ?? '') : value.join(', ')
  }
  return flat
}

/** Returns the failure for a head that undici accepts although its meaning is not clear; undefined for any other head. */
function refusalOf(method: string, status: number, headers: RawHeaders): Pick<Failure, 'class' | 'message'> | undefined {
  const { location } = headers
  if (Array.isArray(location) && new Set(location).size > 1)
    return { class: 'bad_http', message: `the reply names ${location.length} places in Location` }
  if (isBodiless(method, status)) return undefined
  const codings = String(headers['transfer-encoding'] ?? '')
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((name) => name !== '')
  if (codings.length === 0 || codings.join() === 'chunked' || codings.join() === 'identity') return undefined
  if (codings.every((name) => name === 'chunked')) return { class: 'bad_http', message: 'the reply is chunked twice' }
  return {
    class: 'bad_encoding',
    message: `transfer-encoding ${JSON.stringify(codings.join(', '))} was not requested and cannot be decoded`,
  }
}

function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}

/** True when only the end of the connection delimits the body: neither a length nor chunks (RFC 9112, section 6.3). */
function endsWithConnection(method: string, status: number, headers: RawHeaders): boolean {
  if (isBodiless(method, status)) return false
  return headers['content-length'] === undefined && !/\bchunked\s*$/i.test(String(headers['transfer-encoding'] ?? ''))
}

/** Returns the size in bytes of a request as undici writes it. */
function wireBytes({ method, url, headers, body }: HttpRequest, close: boolean): number {
  const host = headers.host ?? url.host
  let bytes = `${method} ${url.pathname}${url.search} HTTP/1.1\r\nhost: ${host}\r\n\r\n`.length
  bytes +=
    close || headers.connection?.toLowerCase().includes('close')
      ? 'connection: close\r\n'.length
      : 'connection: keep-alive\r\n'.length
  for (const name in headers) {
    if (name !== 'host' && name !== 'connection' && name !== 'content-length')
      bytes += name.length + (headers[name]?.length ?? 0) + 4
  }
  const length = body?.byteLength ?? 0
  if (length > 0 || SENDS_EMPTY_LENGTH.has(method)) bytes += `content-length: ${length}\r\n`.length
  return bytes + length
}
