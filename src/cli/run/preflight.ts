/** Tries the address before the load: a dead target should say so at once, not after five minutes of errors. */
import { connect } from 'node:net'
import { now } from '../../clock.ts'
import { classify } from '../../connectors/failures.ts'
import { TargetError } from '../../errors.ts'

const DEFAULT_PORTS: Record<string, number> = {
  'http:': 80,
  'https:': 443,
  'ws:': 80,
  'wss:': 443,
  'mqtt:': 1883,
  'mqtts:': 8883,
  'grpc:': 80,
  'grpcs:': 443,
}
const TRIES = 3
const BETWEEN_MS = 300

/**
 * Resolves when something accepts connections at the address, or `stopped` says that nobody wants to know any more. An address without a
 * known port is not tried. @throws TargetError
 */
export async function preflight(url: string, timeoutMs: number, stopped: AbortSignal): Promise<void> {
  const address = URL.canParse(url) ? new URL(url) : undefined
  const port = address && (address.port === '' ? DEFAULT_PORTS[address.protocol] : Number(address.port))
  if (!address || !port) return
  const until = now() + timeoutMs
  for (let attempt = 1; ; attempt += 1) {
    const error = await tryOnce(address.hostname.replace(/^\[|\]$/g, ''), port, Math.max(1, until - now()), stopped)
    if (!error || stopped.aborted) return
    if (attempt === TRIES || now() + BETWEEN_MS >= until) throw error
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_MS))
  }
}

function tryOnce(host: string, port: number, timeoutMs: number, stopped: AbortSignal): Promise<TargetError | undefined> {
  if (stopped.aborted) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (error?: TargetError) => {
      clearTimeout(timer)
      stopped.removeEventListener('abort', abandon)
      socket.destroy()
      resolve(error)
    }
    const abandon = () => end()
    stopped.addEventListener('abort', abandon)
    const timer = setTimeout(
      () => end(new TargetError('connect_timeout', 'connect', `no connection to ${host}:${port} in time`)),
      timeoutMs,
    )
    socket.once('connect', () => end())
    socket.once('error', (cause) => {
      const { class: failureClass, phase, message } = classify(cause, 'connect')
      end(new TargetError(failureClass, phase, `cannot reach ${host}:${port}: ${message}`, { cause }))
    })
  })
}
