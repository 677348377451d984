/** The two ends of the library that it leaves to others: which socket address a channel dials, and what is done with the new socket. */
import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import type * as Grpc from '@grpc/grpc-js'

type Library = typeof Grpc

const SCHEME = 'burn'

/** What a channel dials. The signal destroys the socket in whatever state it is: the library alone would wait for the kernel to give up. */
interface DialAddress {
  readonly host: string
  readonly port: number
  readonly signal: AbortSignal
}

const addresses = new Map<string, DialAddress>()
let made = 0
let registered = false

/** Told about a socket while it comes about. */
export interface SocketEvents {
  /** TCP is connected. Add no error listener: there is one. */
  connected(socket: Socket): void
  /** The TLS handshake is complete. */
  secured(): void
  /** The operating system or TLS reported an error. */
  failed(error: Error): void
}

/** Names an address for the library: a target for `new Channel`. `forget` it when the channel is closed. */
export function targetFor(grpc: Library, address: DialAddress): { target: string; forget: () => void } {
  registerScheme(grpc)
  made += 1
  const id = String(made)
  addresses.set(id, address)
  return { target: `${SCHEME}:${id}`, forget: () => void addresses.delete(id) }
}

/** Credentials that do TLS our own way, or none, and tell each stage. */
export function credentialsFor(
  grpc: Library,
  tls: ConnectionOptions | undefined,
  host: string,
  events: SocketEvents,
): Grpc.ChannelCredentials {
  class OwnCredentials extends grpc.ChannelCredentials {
    override _isSecure(): boolean {
      return tls !== undefined
    }
    override _equals(other: Grpc.ChannelCredentials): boolean {
      return other === this
    }
    override _createSecureConnector(
      _target: unknown,
      _options: unknown,
      callCredentials?: Grpc.CallCredentials,
    ): Grpc.experimental.SecureConnector {
      return {
        connect: (socket) => secure(socket, tls, host, events),
        waitForReady: () => Promise.resolve(),
        getCallCredentials: () => callCredentials ?? grpc.CallCredentials.createEmpty(),
        destroy() {},
      }
    }
  }
  return new OwnCredentials()
}

function secure(
  socket: Socket,
  tls: ConnectionOptions | undefined,
  host: string,
  events: SocketEvents,
): Promise<{ socket: Socket; secure: boolean }> {
  socket.on('error', events.failed)
  events.connected(socket)
  if (!tls) return Promise.resolve({ socket, secure: false })
  return new Promise((resolve, reject) => {
    const name = tls.servername ?? host
    const secured = connectTls({
      ...tls,
      ALPNProtocols: ['h2'],
      host,
      socket,
      ...(isIP(name) ? {} : { servername: name }),
    })
    secured.on('error', (error) => {
      events.failed(error)
      reject(error)
    })
    secured.once('secureConnect', () => {
      events.secured()
      resolve({ socket: secured, secure: true })
    })
  })
}

function registerScheme(grpc: Library): void {
  if (registered) return
  registered = true
  const { registerResolver, statusOrFromValue } = grpc.experimental

  class OneAddress implements Grpc.experimental.Resolver {
    private readonly id: string
    private readonly listener: Grpc.experimental.ResolverListener
    private told = false
    constructor(target: Grpc.experimental.GrpcUri, listener: Grpc.experimental.ResolverListener) {
      this.id = target.path
      this.listener = listener
    }
    static getDefaultAuthority(): string {
      return 'localhost'
    }
    /** Answers once: the library asks again after each failed connect, and dials again as soon as it is told. */
    updateResolution(): void {
      if (this.told) return
      this.told = true
      const address = addresses.get(this.id)
      const endpoints = address ? [{ addresses: [address] }] : []
      // no service config: it could bring retries and hedging
      process.nextTick(() => this.listener(statusOrFromValue(endpoints), {}, null, ''))
    }
    destroy(): void {}
  }
  registerResolver(SCHEME, OneAddress)
}
