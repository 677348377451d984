import { INJECTED, isInjected } from '../../../errors.ts'
import type { Exchange } from '../../../exchange.ts'
import { isBlamed } from '../../../faults/index.ts'
import type { AttemptFault } from './attempt-fault.ts'

export { isInjected }

/** Puts the failure of an attempt down to the injected fault that caused it, and not to the target. What was never sent has other reasons. */
export function chargeToFault(exchange: Exchange, { kind, caused }: AttemptFault): void {
  const { failure, outcome, sentAt } = exchange
  if (outcome !== 'failed' || !failure || isInjected(failure) || Number.isNaN(sentAt)) return
  if (!isBlamed(kind) || failure.class.startsWith('local_') || caused?.() === false) return
  // Rules of `onError` for the class that a target's failure would have apply to it as well.
  exchange.amendFailure({ class: INJECTED + kind, message: `${failure.class}: ${failure.message}`, code: failure.class })
}
