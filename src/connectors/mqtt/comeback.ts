import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import type { OpenContext } from '../wire/connector.ts'
import { Backoff } from '../wire/lasting/backoff.ts'
import { stopped } from './link/transport.ts'
import type { MqttOptions } from './options/options.ts'

interface Loss {
  /** Monotonic time of the loss, in ms. */
  readonly at: number
  /** The last packet id before the loss. A broker that keeps the session may take the same id for the same publish (QoS 2). */
  readonly lastId: number
}

/** The loss of each user, by target and user number; connectors keep nothing else between two connections. */
const losses = new WeakMap<MqttOptions, Map<number, Loss>>()

/** Records that a user has lost its MQTT connection, and which packet id was the last on it. Does nothing if a loss is recorded already. */
export function noteLoss(options: MqttOptions, userId: number, lastId: number): void {
  const ofTarget = losses.get(options) ?? new Map<number, Loss>()
  losses.set(options, ofTarget)
  if (!ofTarget.has(userId)) ofTarget.set(userId, { at: now(), lastId })
}

/** Returns the last packet id that a user sent on the MQTT connection which it has lost; 0 when it has lost none. */
export function lastIdOf(options: MqttOptions, userId: number): number {
  return losses.get(options)?.get(userId)?.lastId ?? 0
}

/**
 * Returns for how many ms a user has been without its lost MQTT connection, and forgets the loss; undefined when it has lost none. With the
 * option `reconnect`, the time is counted from the loss, else from `soughtAt`, when the user began to connect again.
 */
export function takeLoss(options: MqttOptions, userId: number, soughtAt: number): number | undefined {
  const loss = losses.get(options)?.get(userId)
  losses.get(options)?.delete(userId)
  return loss && now() - (options.reconnect ? loss.at : soughtAt)
}

/**
 * Calls `connect` and resolves with its result. If the user has lost its connection, `connect` is called up to `reconnect.attempts` times,
 * each time after a wait. @throws what the last try threw; TargetError when the signal stops it
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
