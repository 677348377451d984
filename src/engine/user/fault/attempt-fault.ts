import type { Exchange, ReplyReader } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'

/** A fault that is injected into one attempt: the methods that act before, during and after the attempt. */
export interface AttemptFault {
  readonly kind: string
  /** Delays the beginning of the attempt. Resolves with the length of the delay in ms, and why it ended. Left out when the attempt begins at once. */
  wait?(): Promise<DelayEnd>
  /** Sends the request instead of the client, for instance only in part. Left out when the request is sent as usual. */
  carry?(request: unknown, exchange: Exchange): Promise<void> | undefined
  /** Called when the request has been handed to the socket. */
  readonly onSent?: (() => void) | undefined
  /** Returns true when this fault is the cause of the attempt's failure. Left out for a fault that acts before the attempt can fail. */
  readonly caused?: () => boolean
  /**
   * Ends what the fault still does after the attempt has its outcome. Returns a promise that resolves when it is over, or undefined when nothing is
   * left to do.
   */
  end?(): Promise<void> | undefined
  /** Called instead of `end` when the run ended before the attempt could begin. */
  abandon?(): void
}

/** How an injected delay ended. `stopped` and `timeout`: the run or the iteration was over before the attempt began. */
interface DelayEnd {
  readonly ms: number
  readonly woken: 'due' | 'stopped' | 'timeout'
}

/** One user's access to one target, as far as injected faults use it: methods that send, repeat or cancel a request, or end its connection. */
export interface FaultClient {
  readonly target: PlannedTarget
  send(request: unknown, exchange: Exchange): Promise<void> | undefined
  repeat(request: unknown, first: Exchange, copy: Exchange): void
  sever(exchange: Exchange, how: 'reset' | 'close'): void
  cancel(exchange: Exchange): void
}

/**
 * The parts of an attempt that an injected fault needs, such as the client and the request. A fault that sends copies of the request gets the readers
 * for their replies from `newReader`.
 */
export interface FaultedJob {
  readonly step: { readonly index: number; readonly target: number }
  readonly client: FaultClient
  /** Makes the request of the attempt. @throws TemplateError, TargetError */
  request(): unknown
  /** Returns a new reader like that of the attempt, for the reply to another request. */
  newReader(): ReplyReader
}

/** Takes the additional requests that injected faults send, such as copies, from the budget of the run and from the limit `rateLimit`. */
export interface FaultSpending {
  /**
   * Takes one request from the budget of the run, and a place under `rateLimit`. Returns the function to call when the request has ended; undefined
   * when the budget is used up, so that the request must not be sent.
   */
  take(): ((ended: Exchange) => void) | undefined
  /** Takes the tokens that a reply has used from the budget of the run. */
  used(ended: Exchange): void
}

/** The functions by which an injected fault makes a user wait, at most until the run or the iteration ends. */
export interface FaultClock {
  waitFor(thing: Promise<void>): Promise<'due' | 'stopped' | 'timeout'>
  sleepUntil(at: number): Promise<'due' | 'stopped' | 'timeout'>
}
