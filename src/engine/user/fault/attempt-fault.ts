import type { Exchange, ReplyReader } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'

/** A fault that is injected into one attempt: what it does before, during and after the attempt. */
export interface AttemptFault {
  readonly kind: string
  /** Lets the attempt begin later: resolves with how much, in ms, and why the wait ended. Left out when it begins at once. */
  wait?(): Promise<DelayEnd>
  /** Sends the request in place of the client; left out when the request goes as usual. */
  carry?(request: unknown, exchange: Exchange): Promise<void> | undefined
  /** Called when the request was handed to the socket. */
  readonly onSent?: (() => void) | undefined
  /** Whether the fault is the cause of the attempt's failure. Left out when it has acted before anything can fail. */
  readonly caused?: () => boolean
  /** Called when the attempt has its outcome; ends what is left of the fault. Resolves when nothing is; undefined when nothing was. */
  end?(): Promise<void> | undefined
  /** Called in place of `end` when the run ended before the attempt could begin. */
  abandon?(): void
}

/** How a delay ended; `stopped` and `timeout` end the attempt before it began. */
interface DelayEnd {
  readonly ms: number
  readonly woken: 'due' | 'stopped' | 'timeout'
}

/** The methods of a user's client for one target that injected faults need. */
export interface FaultClient {
  readonly target: PlannedTarget
  send(request: unknown, exchange: Exchange): Promise<void> | undefined
  repeat(request: unknown, first: Exchange, copy: Exchange): void
  sever(exchange: Exchange, how: 'reset' | 'close'): void
  cancel(exchange: Exchange): void
}

/** The parts of a job (what one attempt sends, and how its reply is read) that injected faults need. */
export interface FaultedJob {
  readonly step: { readonly index: number; readonly target: number }
  readonly client: FaultClient
  /** @throws TemplateError, TargetError */
  request(): unknown
  /** Returns a reader like that of the attempt, for a reply of its own. */
  newReader(): ReplyReader
}

/** Charges requests that are not attempts, such as copies, to the budget of the run and to `rateLimit`. */
export interface FaultSpending {
  /** Takes one request out of the budget of the run, and a place under `rateLimit`; undefined when the budget is used up, so that it is not to be sent. */
  take(): ((ended: Exchange) => void) | undefined
  /** Takes what a reply has used out of the budget. */
  used(ended: Exchange): void
}

/** The methods with which an injected fault lets a user wait, until the run or the iteration ends. */
export interface FaultClock {
  waitFor(thing: Promise<void>): Promise<'due' | 'stopped' | 'timeout'>
  sleepUntil(at: number): Promise<'due' | 'stopped' | 'timeout'>
}
