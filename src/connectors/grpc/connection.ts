import type { Exchange } from '../../exchange.ts'
import type { Connection } from '../wire/connector.ts'
import { GrpcCall } from './call.ts'
import { InvokeError } from './invoke.ts'
import type { FieldNames } from './json/write.ts'
import { type Method, UnknownMethod } from './messages/protos.ts'
import { encodeMessages, type Methods } from './methods.ts'
import { metadataOf } from './options/metadata.ts'
import type { GrpcRequest } from './options/request.ts'
import { reflect } from './reflection.ts'
import { type GrpcLink, Unreached } from './wire/link.ts'
import { type GrpcRoute, LATE } from './wire/route.ts'
import { messageWithCause, unavailable } from './wire/status.ts'

/** The settings of the gRPC connection of one user, which stay the same as long as the user exists. */
interface GrpcLineSettings {
  readonly route: GrpcRoute
  readonly methods: Methods
  readonly deadlineMs: number
  readonly names: FieldNames
  /** Called when this user ends: closes `route`, unless other users still share it. */
  readonly release: () => Promise<void>
}

/** The gRPC connection of one user. Its calls go over an HTTP/2 connection of its own, or over one that all users share. */
export class GrpcConnection implements Connection<GrpcRequest> {
  readonly watchesConnecting = true
  private readonly settings: GrpcLineSettings
  private readonly calls = new Map<Exchange, GrpcCall>()
  /** Attempts that wait for a connection or for the .proto files that the server is asked for. */
  private readonly waiting = new Map<Exchange, AbortController>()
  /** Attempts whose call the server gave back unprocessed and that were therefore made again once. */
  private readonly moved = new WeakSet<Exchange>()
  private closing: Promise<void> | undefined

  constructor(settings: GrpcLineSettings) {
    this.settings = settings
  }

  send(request: GrpcRequest, exchange: Exchange): void {
    if (this.closing) exchange.cancel()
    else if (request.problem !== undefined) exchange.fail('local_request', 'send', request.problem)
    else this.begin(request, exchange)
  }

  cancel(exchange: Exchange): void {
    // a failed exchange has waited too long, a cut one has not
    this.waiting.get(exchange)?.abort(exchange.failure ? LATE : undefined)
    this.waiting.delete(exchange)
    this.calls.get(exchange)?.cancel()
  }

  sever(_exchange: Exchange, how: 'reset' | 'close'): void {
    this.settings.route.ready?.sever(how)
  }

  close(): Promise<void> {
    this.closing ??= this.end()
    return this.closing
  }

  private async end(): Promise<void> {
    for (const exchange of [...this.waiting.keys(), ...this.calls.keys()]) {
      exchange.cancel()
      this.cancel(exchange)
    }
    await this.settings.release()
  }

  /**
   * Makes a call again that the server gave back unprocessed. If this connection got a GOAWAY, the call goes over the next one. No handler of the
   * server has seen the first try, so the server still counts as many calls as burn. The exchange gets a warning.
   */
  private move(request: GrpcRequest, exchange: Exchange): void {
    exchange.warn('moved_refused')
    this.moved.add(exchange)
    // the GOAWAY of the connection is known two turns later
    setImmediate(() => setImmediate(() => this.again(request, exchange)))
  }

  private again(request: GrpcRequest, exchange: Exchange): void {
    if (exchange.settled) return
    if (this.closing) exchange.cancel()
    else this.begin(request, exchange)
  }

  private begin(request: GrpcRequest, exchange: Exchange): void {
    const link = this.settings.route.ready
    try {
      const method = this.settings.methods.known(request)
      if (link && method) this.start(link, method, request, exchange)
      else this.prepare(request, exchange).catch((error: unknown) => this.failWith(error, exchange))
    } catch (error) {
      this.failWith(error, exchange)
    }
  }

  private async prepare(request: GrpcRequest, exchange: Exchange): Promise<void> {
    const { route, methods } = this.settings
    const waiting = new AbortController()
    this.waiting.set(exchange, waiting)
    try {
      const { link, times } = await route.reach(waiting.signal)
      if (times) exchange.connected(times)
      const method = await methods.find(request, (service) => this.reflect(link, request, service))
      if (!exchange.settled) this.start(link, method, request, exchange)
    } finally {
      this.waiting.delete(exchange)
    }
  }

  private reflect(link: GrpcLink, request: GrpcRequest, service: string) {
    return reflect({ link, deadlineMs: this.settings.deadlineMs, metadata: metadataOf(request) }, service)
  }

  private start(link: GrpcLink, method: Method, request: GrpcRequest, exchange: Exchange): void {
    const bodies = encodeMessages(method, request)
    exchange.carried(link.used, link.wireFaults)
    const call = new GrpcCall(exchange, {
      link,
      method,
      request,
      bodies,
      metadata: metadataOf(request),
      deadlineMs: this.settings.deadlineMs,
      names: this.settings.names,
      over: () => this.calls.delete(exchange),
      refused: this.moved.has(exchange) ? undefined : () => this.move(request, exchange),
    })
    this.calls.set(exchange, call)
    call.start()
  }

  private failWith(error: unknown, exchange: Exchange): void {
    if (error instanceof UnknownMethod) exchange.fail('local_request', 'send', error.message)
    else if (error instanceof InvokeError)
      exchange.fail(error.failure.class, 'connect', `server reflection: ${error.message}`, error.failure.cause)
    else if (error instanceof Unreached) {
      const { class: cause, phase, message } = error.failure
      const failureClass = unavailable(error.failure)
      exchange.fail(failureClass, phase, messageWithCause(failureClass, message, cause), cause)
    } else exchange.fail('bug', 'send', error instanceof Error ? error.message : String(error))
  }
}
