import { after, now } from '../../../clock.ts'
import type { InjectionRecorder } from '../../../metrics/counts/injections.ts'
import type { AttemptFault, FaultClock } from './attempt-fault.ts'

/**
 * Returns the object that injects the fault `delay` into one attempt: the attempt starts `delayMs` later. When the load ends during the wait, the
 * attempt is still made, because attempts that have begun may finish.
 */
export function delayed(kind: string, delayMs: number, counts: InjectionRecorder, clock: FaultClock): AttemptFault {
  return {
    kind,
    async wait() {
      const from = now()
      const { promise, resolve } = Promise.withResolvers<void>()
      const stopTimer = after(delayMs, resolve)
      const woken = await clock.waitFor(promise)
      stopTimer()
      const ms = now() - from
      counts.delayed(kind, ms, woken === 'due')
      return { ms, woken }
    },
  }
}
