/** Users whose connection was lost, and how they come back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import { Backoff } from '../wire/backoff.ts'
import type { OpenContext } from '../wire/connector.ts'
import { stopped } from './link/transport.ts'
import type { MqttOptions } from './options/options.ts'

interface Loss {
  /** When it was, ms. */
  readonly at: number
  /** The last packet id: a broker that keeps the session may take the same one for the same publish (QoS 2). */
  readonly lastId: number
}

/** How each user of a target lost its connection. A connector keeps nothing else between two connections. */
const losses = new WeakMap<MqttOptions, Map<number, Loss>>()

/** Notes a loss; the first of several counts. */
export function noteLoss(options: MqttOptions, userId: number, lastId: number): void {
  const ofTarget = losses.get(options) ?? new Map<number, Loss>()
  losses.set(options, ofTarget)
  if (!ofTarget.has(userId)) ofTarget.set(userId, { at: now(), lastId })
}

/** The last packet id of a connection that was lost, else 0. */
export function lastIdOf(options: MqttOptions, userId: number): number {
  return losses.get(options)?.get(userId)?.lastId ?? 0
}

/**
 * Forgets the loss and says how long it took to make up for it, ms; undefined when the user had lost nothing. `soughtAt`: when it began to
 * connect. Without `reconnect` that is when the next step asks for it, and the time before is the user's own.
 */
export function takeLoss(options: MqttOptions, userId: number, soughtAt: number): number | undefined {
  const loss = losses.get(options)?.get(userId)
  losses.get(options)?.delete(userId)
  return loss && now() - (options.reconnect ? loss.at : soughtAt)
}

/**
 * Runs `connect` once; for a user who comes back with `reconnect` set, up to that many times, waiting before each.
 * @throws what the last try threw; TargetError when the signal stops it
 */
export async function withComeback<T>(options: MqttOptions, context: OpenContext, connect: () => Promise<T>): Promise<T> {
  const { reconnect } = options
  if (!reconnect || !losses.get(options)?.has(context.userId)) return connect()
  const backoff = new Backoff(reconnect, 'mqtt reconnect', context)
  let failure: unknown
  for (let waitMs = backoff.next(); waitMs !== undefined; waitMs = backoff.next()) {
    await pause(waitMs, context.signal)
    try {
      return await connect()
    } catch (error) {
      if (!(error instanceof TargetError) || context.signal.aborted) throw error
      failure = error
    }
  }
  throw failure
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    throw stopped()
  }
}
