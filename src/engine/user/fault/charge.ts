import { DROPPED, injectedFailure } from '../../../connectors/wire/relay.ts'
import { EARLIER, INJECTED, isInjected } from '../../../errors.ts'
import type { Exchange, WireCauses } from '../../../exchange.ts'
import { isBlamed } from '../../../faults/index.ts'
import { isUnfit } from '../../../metrics/failures/failure-kinds.ts'
import type { AttemptFault } from './attempt-fault.ts'

export { isInjected }

/**
 * Gives a failed attempt the failure class of the injected fault that caused the failure, such as `injected_drop`, so that it does not count against
 * the target. The fault may be the attempt's own, or a `drop` of another attempt on the same connection. Failures before the request was sent, and
 * those that no fault caused, keep their class. `onError` rules for the original class still apply.
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
 * Gives a failed attempt the class `injected_earlier` when an earlier injected failure in the iteration may be the reason. That can be so when a
 * check or capture failed, or the target replied that the request does not fit its state. Time-outs, broken connections and errors of the target
 * itself keep their class.
 */
export function chargeToEarlier(exchange: Exchange): void {
  const { failure, outcome } = exchange
  if (outcome !== 'failed' || !failure || isInjected(failure)) return
  const isUnmet = failure.class === 'check_failed' || failure.class === 'capture_failed'
  if (isUnmet || isUnfit(exchange)) exchange.amendFailure(injectedFailure(failure, EARLIER))
}

/**
 * Returns the names of the faults that were injected into the connection of an attempt while the attempt was under way, such as "latency+slice"; ''
 * for none. `opened` names the faults for an attempt that failed before its connection was open.
 */
export function faultsOnWire(exchange: Exchange, opened: WireCauses | undefined): string {
  const { sentAt, intended, outcome, failure, fault } = exchange
  // A request that burn answered itself was never sent.
  const isOpening = outcome === 'failed' && failure?.class !== INJECTED + fault
  const { wireFaults = isOpening ? opened : undefined } = exchange
  return wireFaults?.since(Number.isNaN(sentAt) ? intended : sentAt) ?? ''
}
