import type { Exchange, ReplyReader } from '../../../exchange.ts'
import type { PlannedTarget } from '../../../scenario/compile/plan.ts'

/** The fault that was drawn for one attempt, for as long as the attempt lasts. */
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
}

/** How a delay ended; `stopped` and `timeout` end the attempt before it began. */
interface DelayEnd {
  readonly ms: number
  readonly woken: 'due' | 'stopped' | 'timeout'
}

/** The client of one user and target, as far as faults need it. */
export interface FaultClient {
  readonly target: PlannedTarget
  send(request: unknown, exchange: Exchange): Promise<void> | undefined
  repeat(request: unknown, first: Exchange, copy: Exchange): void
  sever(exchange: Exchange, how: 'reset' | 'close'): void
  cancel(exchange: Exchange): void
}

/** What an attempt is about to send, and to whom. */
export interface FaultedJob {
  readonly step: { readonly index: number; readonly target: number }
  readonly client: FaultClient
  /** @throws TemplateError, TargetError */
  request(): unknown
  /** Returns a reader like that of the attempt, for a reply of its own. */
  newReader(): ReplyReader
}

/** What requests use up that are no attempts, such as copies. */
export interface FaultSpending {
  /** Takes one request out of the budget of the run, and a place under `rateLimit`; undefined when the budget is used up, so that it is not to be sent. */
  take(): ((ended: Exchange) => void) | undefined
  /** Takes what a reply has used out of the budget. */
  used(ended: Exchange): void
}

/** The wait of a user during an iteration. */
export interface FaultClock {
  waitFor(thing: Promise<void>): Promise<'due' | 'stopped' | 'timeout'>
  sleepUntil(at: number): Promise<'due' | 'stopped' | 'timeout'>
}
