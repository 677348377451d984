import { DROPPED, injectedFailure } from '../../../connectors/wire/relay.ts'
import { EARLIER, INJECTED, isInjected } from '../../../errors.ts'
import type { Exchange, WireCauses } from '../../../exchange.ts'
import { isBlamed } from '../../../faults/index.ts'
import { isUnfit } from '../../../metrics/failures/failure-kinds.ts'
import type { AttemptFault } from './attempt-fault.ts'

export { isInjected }

/**
 * Puts the failure of an attempt down to the injected fault that caused it, and not to the target: its own, or a drop of the connection that
 * it shared. What was never sent has other reasons. Rules of `onError` for the class that a target's failure would have apply to it as well.
 */
export function chargeToFault(exchange: Exchange, fault: AttemptFault | undefined): void {
  const { failure, outcome, sentAt } = exchange
  if (outcome !== 'failed' || !failure || isInjected(failure) || Number.isNaN(sentAt) || failure.class.startsWith('local_'))
    return
  if (fault !== undefined && isBlamed(fault.kind) && fault.caused?.() !== false)
    exchange.amendFailure(injectedFailure(failure, fault.kind))
  else if (exchange.wireFaults === DROPPED && !exchange.hasFailedBy('status'))
    exchange.amendFailure(injectedFailure(failure, 'drop'))
}

/**
 * Puts the failure of an attempt that came after an injected one down to that, when it may be: the reply was not the expected one, or the target
 * says that the request does not fit what it knows. A target that refuses, hangs, breaks off or reports an error of its own answers for that.
 */
export function chargeToEarlier(exchange: Exchange): void {
  const { failure, outcome } = exchange
  if (outcome !== 'failed' || !failure || isInjected(failure)) return
  const isUnmet = failure.class === 'check_failed' || failure.class === 'capture_failed'
  if (isUnmet || isUnfit(exchange)) exchange.amendFailure(injectedFailure(failure, EARLIER))
}

/**
 * Returns the kinds of the faults that the connection of an attempt has had while it was under way ("latency+slice"), or those of the one that it
 * failed to open; '' for none.
 */
export function faultsOnWire(exchange: Exchange, opened: WireCauses | undefined): string {
  const { sentAt, intended, outcome, failure, fault } = exchange
  // What burn answered itself was never on its way.
  const isOpening = outcome === 'failed' && failure?.class !== INJECTED + fault
  const { wireFaults = isOpening ? opened : undefined } = exchange
  return wireFaults?.since(Number.isNaN(sentAt) ? intended : sentAt) ?? ''
}
