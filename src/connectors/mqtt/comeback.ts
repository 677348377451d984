/** Users whose connection was lost, and how they come back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import { createRandom } from '../../random.ts'
import type { OpenContext } from '../connector.ts'
import type { MqttOptions } from './options.ts'
import { stopped } from './transport.ts'

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

/** Forgets the loss and says how long the user was without a connection, ms; undefined when it had lost none. */
export function takeLoss(options: MqttOptions, userId: number): number | undefined {
  const loss = losses.get(options)?.get(userId)
  losses.get(options)?.delete(userId)
  return loss && now() - loss.at
}

/** Longest wait before try number `attempt` (from 0), in ms: base × factor^attempt, never above max. */
export function backoffMs({ base, factor, max }: NonNullable<MqttOptions['reconnect']>, attempt: number): number {
  return Math.min(max, base * factor ** attempt)
}

/**
 * Runs `connect` once; for a user who comes back with `reconnect` set, up to that many times, waiting before each.
 * @throws what the last try threw; TargetError when the signal stops it
 */
export async function withComeback<T>(options: MqttOptions, context: OpenContext, connect: () => Promise<T>): Promise<T> {
  const { reconnect } = options
  if (!reconnect || !losses.get(options)?.has(context.userId)) return connect()
  const random = createRandom('reconnect', context.userId)
  let failure: unknown
  for (let attempt = 0; attempt < reconnect.attempts; attempt += 1) {
    const longest = backoffMs(reconnect, attempt)
    await pause(reconnect.jitter === 'full' ? random.next() * longest : longest, context.signal)
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
