import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { now } from '../../../clock.ts'
import { LocalError, TargetError } from '../../../errors.ts'
import type { ConnectTimes } from '../../../exchange.ts'
import { hostOf } from '../../../text/host.ts'
import type { OpenContext } from '../../wire/connector.ts'
import { type DialPlan, dial, prepareTls } from '../../wire/dial.ts'
import { classify } from '../../wire/failures.ts'
import { plainHeaders } from '../options/credentials.ts'
import type { MqttOptions } from '../options/options.ts'
import { Malformed } from '../wire/fields.ts'

/** The byte stream that carries an MQTT connection (over TCP, TLS or WebSocket), with the socket under it and the times of opening it. */
export interface Transport {
  readonly stream: Duplex
  /** The socket under the stream; its `error` event says why the stream ended. */
  readonly socket: Socket
  readonly times: ConnectTimes
  /** Monotonic time in ms at which TCP and TLS were ready. */
  readonly connectedAt: number
}

/** Default ports by scheme. http: means mqtt:, for brokers that share their port with HTTP, as the embedded mock does. */
const PORTS: Readonly<Record<string, number>> = {
  'mqtt:': 1883,
  'http:': 80,
  'tcp:': 1883,
  'mqtts:': 8883,
  'ws:': 80,
  'wss:': 443,
}
const SECURE = ['mqtts:', 'wss:']

/**
 * Connects to an MQTT broker and resolves with the byte stream, which is a WebSocket for ws: and wss: addresses.
 * @throws TargetError when the broker cannot be reached; LocalError for an address or TLS file that cannot be used
 */
export async function openTransport(options: MqttOptions, context: OpenContext): Promise<Transport> {
  const url = URL.parse(context.address.url)
  const port = url && PORTS[url.protocol]
  if (!url || port === null || port === undefined)
    throw new LocalError(`cannot connect to "${context.address.url}"`, 'use mqtt://, mqtts://, ws:// or wss://')
  const transport = await connect(planOf(url, port, options, context), context.signal)
  return url.protocol.startsWith('ws') ? upgrade(transport, url, options, context) : transport
}

function planOf(
  url: URL,
  port: number,
  { dns }: MqttOptions,
  { address, baseDir, relay, localAddresses }: OpenContext,
): DialPlan {
  const secure = SECURE.includes(url.protocol)
  return {
    host: hostOf(url),
    port: url.port === '' ? port : Number(url.port),
    dns: dns ?? {},
    relay,
    localAddresses,
    // a broker that checks ALPN would refuse a name that is not its own
    tls: secure
      ? { ...prepareTls(address.tls, baseDir), ALPNProtocols: url.protocol === 'wss:' ? ['http/1.1'] : undefined }
      : undefined,
  }
}

function connect(plan: DialPlan, signal: AbortSignal): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const dialling = dial(plan, {
      connected(socket, times) {
        signal.removeEventListener('abort', stop)
        socket.on('error', ignore)
        resolve({ stream: socket, socket, times, connectedAt: now() })
      },
      failed(failure) {
        signal.removeEventListener('abort', stop)
        reject(new TargetError(failure.class, failure.phase, failure.message))
      },
    })
    const stop = () => {
      dialling.destroy()
      reject(stopped())
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

/** Returns the error for an MQTT connection that was still being opened when its signal was aborted. */
export function stopped(): TargetError {
  return new TargetError('connect_timeout', 'connect', 'connecting was stopped')
}

async function upgrade(transport: Transport, url: URL, options: MqttOptions, context: OpenContext): Promise<Transport> {
  const { WebSocket, createWebSocketStream } = await import('ws')
  const { socket } = transport
  const address = new URL(url)
  address.username = ''
  address.password = ''
  for (const [name, value] of Object.entries(context.address.query)) address.searchParams.set(name, value)
  return new Promise((resolve, reject) => {
    const ws = new WebSocket(address, ['mqtt'], {
      createConnection: () => socket,
      headers: plainHeaders(context.address.headers, options),
      perMessageDeflate: false,
    })
    const refuse = (error: TargetError) => {
      context.signal.removeEventListener('abort', stop)
      ws.on('error', ignore)
      ws.terminate()
      socket.destroy()
      reject(error)
    }
    const stop = () => refuse(stopped())
    context.signal.addEventListener('abort', stop, { once: true })
    ws.once('unexpected-response', (_request, reply) =>
      refuse(new TargetError('http_status', 'connect', `the upgrade to WebSocket was answered with ${reply.statusCode}`)),
    )
    ws.once('error', (error) => refuse(upgradeError(error)))
    ws.once('open', () => {
      context.signal.removeEventListener('abort', stop)
      // This listener gets a frame before the stream, which would take its text for bytes. @see MQTT 5.0, section 6
      ws.on('message', (_frame, isBinary) => {
        if (!isBinary) stream.destroy(new Malformed('the broker sent a text frame, where MQTT has binary frames'))
      })
      const stream = createWebSocketStream(ws)
      // the stream would stay half open when the peer goes away
      stream.once('end', () => stream.destroy())
      resolve({ ...transport, stream })
    })
  })
}

function upgradeError(error: Error): TargetError {
  const failure = classify(error, 'connect')
  return failure.class === 'bug'
    ? new TargetError('bad_ws', 'connect', error.message, { cause: error })
    : new TargetError(failure.class, failure.phase, failure.message, { cause: error })
}

function ignore(): void {}
