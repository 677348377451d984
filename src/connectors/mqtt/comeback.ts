/** Users whose connection was lost, and how they come back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '../../clock.ts'
import { TargetError } from '../../errors.ts'
import { createRandom } from '../../random.ts'
import type { OpenContext } from '../connector.ts'
import type { MqttOptions } from './options.ts'
import { stopped } from './transport.ts'

/** When each user of a target lost its connection, ms. A connector keeps nothing else between two connections. */
const losses = new WeakMap<MqttOptions, Map<number, number>>()

/** Notes a loss; the first of several counts. */
export function noteLoss(options: MqttOptions, userId: number): void {
  const ofTarget = losses.get(options) ?? new Map<number, number>()
  losses.set(options, ofTarget)
  if (!ofTarget.has(userId)) ofTarget.set(userId, now())
}

/** Forgets the loss and says how long the user was without a connection, ms; undefined when it had lost none. */
export function takeLoss(options: MqttOptions, userId: number): number | undefined {
  const lostAt = losses.get(options)?.get(userId)
  losses.get(options)?.delete(userId)
  return lostAt === undefined ? undefined : now() - lostAt
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
