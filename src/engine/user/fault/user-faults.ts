import type { Exchange } from '../../../exchange.ts'
import type { Injection } from '../../../faults/index.ts'
import { InjectionRecorder } from '../../../metrics/counts/injections.ts'
import { createRandom, type Random } from '../../../random.ts'
import type { Plan, PlannedFault } from '../../../scenario/compile/plan.ts'
import { price } from '../reply/cost.ts'
import { Aftermath } from './aftermath.ts'
import type { AttemptFault, FaultClock, FaultedJob, FaultSpending } from './attempt-fault.ts'
import { Copies } from './copies.ts'
import { delayed } from './delay.ts'
import { Drop } from './drop.ts'
import { ForcedTimeout } from './forced-timeout.ts'

export { Aftermath, type AttemptFault }

/** The parts of a run that injected faults need. */
interface FaultedRun {
  readonly plan: Pick<Plan, 'seed'>
  readonly recorder: { readonly injections: InjectionRecorder }
  elapsedMs(): number
  mayRequest(start: { readonly setupOrTeardown?: boolean }): boolean
  spent(exchange: Exchange): void
}

/** The limits of one user that copies of requests have to respect. */
interface FaultGate {
  claim(target: number): (copy: Exchange) => void
}

/** A fault that was drawn at random for an attempt: its name, such as `delay`, and how it changes the attempt or its request. */
export interface FaultHit {
  /** The effect of the fault on the attempt; undefined when the request contains nothing that the fault could change. */
  readonly fault: AttemptFault | undefined
  /** The index of the fault's kind among the kinds of the plan. */
  readonly kind: number
  /** Returns the request, if it had to be made to draw the fault; left out otherwise. @throws the error with which making it failed */
  readonly request?: () => unknown
}

/** An entry of `faults` that was drawn for an attempt, and how it changes the attempt. */
interface Drawn {
  readonly kind: string
  readonly injection: Injection
}

/** The kinds of faults that act while an attempt is sent. The others change its request before. */
type Carried = Exclude<Injection, { does: 'drift' | 'alter' }>

/** Draws at random which faults are injected into the attempts of one user, and makes the object that injects each. */
export class UserFaults {
  private readonly run: FaultedRun
  private readonly clock: FaultClock
  private readonly gate: FaultGate
  private readonly faults: readonly PlannedFault[]
  /** The random stream of faults. It has no other use, so that faults do not change what other streams draw. */
  private readonly random: Random
  private readonly kinds: readonly string[]
  /** Counts the faults of attempts outside of the totals, such as warm-ups; these counts are in no result. */
  private readonly unused: InjectionRecorder

  constructor(
    run: FaultedRun,
    user: { readonly id: number; readonly clock: FaultClock },
    faults: readonly PlannedFault[],
    gate: FaultGate,
  ) {
    this.run = run
    this.clock = user.clock
    this.gate = gate
    this.faults = faults
    this.random = createRandom(run.plan.seed, 'fault', user.id)
    this.kinds = [...new Set(faults.map(({ kind }) => kind))]
    this.unused = new InjectionRecorder(this.kinds)
  }

  /**
   * Draws for one attempt, until a fault is drawn that can change it; undefined when none is drawn. `counts` is true for an attempt in the totals.
   */
  hit(job: FaultedJob, counts: boolean): FaultHit | undefined {
    const counter = counts ? this.run.recorder.injections : this.unused
    const elapsed = this.run.elapsedMs()
    let missed: FaultHit | undefined
    for (const planned of this.faults) {
      if (!mayHit(planned, job, elapsed)) continue
      const { kind, probability, draw } = planned
      counter.offered(kind, probability)
      if (this.random.next() >= probability) continue
      // The request is made only once, because it draws random numbers, and drawing more would change all that follow.
      const on = missed?.request ? withRequest(job, missed.request) : job
      const made = this.inject(on, { kind, injection: draw(this.random) }, counter)
      const request = made.request ?? missed?.request
      const hit = { fault: made.fault, kind: this.kinds.indexOf(kind), ...(request && { request }) }
      counter.drawn(kind, hit.fault !== undefined)
      if (hit.fault) return hit
      missed = hit
    }
    return missed
  }

  /**
   * Counts the fault that was drawn for an attempt as cut, because the run ended before it could begin. `counts` is true for an attempt in the
   * totals.
   */
  unbegun(fault: AttemptFault | undefined, counts: boolean): void {
    fault?.abandon?.()
    if (fault && counts) this.run.recorder.injections.unbegun(fault.kind)
  }

  private inject(job: FaultedJob, { kind, injection }: Drawn, counter: InjectionRecorder): Omit<FaultHit, 'kind'> {
    if (injection.does === 'drift' || injection.does === 'alter') return changed(job, kind, injection)
    return { fault: this.faultOf(job, kind, injection, counter) }
  }

  private faultOf(job: FaultedJob, kind: string, injection: Carried, counter: InjectionRecorder): AttemptFault {
    switch (injection.does) {
      case 'delay':
        return delayed(kind, injection.ms, counter, this.clock)
      case 'answer':
        return answered(kind, injection, () => counter.withheld(kind))
      case 'timeout':
        return new ForcedTimeout(kind, job, injection.afterMs, this.spendingOf(job))
      case 'duplicate':
        return new Copies(kind, job, injection.gapsMs, { counts: counter, clock: this.clock, spending: this.spendingOf(job) })
      case 'drop':
        return new Drop(kind, job.client, injection, this.clock)
    }
  }

  private spendingOf({ step, client: { target } }: FaultedJob): FaultSpending {
    const used = (ended: Exchange) => {
      price(ended, target.pricing)
      this.run.spent(ended)
    }
    return {
      used,
      take: () => {
        if (!this.run.mayRequest({})) return undefined
        const settle = this.gate.claim(step.target)
        return (ended) => {
          settle(ended)
          used(ended)
        }
      },
    }
  }
}

/** Returns the same attempt with a request that was made already. */
function withRequest(job: FaultedJob, request: () => unknown): FaultedJob {
  const { step, client } = job
  return { step, client, request, newReader: () => job.newReader() }
}

/** Returns whether an entry of `faults` applies to an attempt like this one, at this time of the run. */
function mayHit({ fromMs, untilMs, steps, target }: PlannedFault, { step }: FaultedJob, elapsedMs: number): boolean {
  if (elapsedMs < fromMs || elapsedMs >= untilMs) return false
  return (target === undefined || target === step.target) && steps?.has(step.index) !== false
}

/**
 * Applies a fault that changes the request, which is made first to see whether it contains what the fault changes. A request that cannot be made
 * fails as it would without the fault.
 */
function changed(job: FaultedJob, kind: string, injection: Exclude<Injection, Carried>): Omit<FaultHit, 'kind'> {
  const { payload } = job.client.target.connector
  let request: unknown
  try {
    request = job.request()
  } catch (error) {
    const again = () => {
      throw error
    }
    return { fault: undefined, request: again }
  }
  const found =
    injection.does === 'drift' ? payload?.drifted(request, injection.change) : payload?.altered(request, injection.change)
  return found === undefined ? { fault: undefined, request: () => request } : { fault: { kind }, request: () => found }
}

/** Returns the failure class of a reply with a status. `onError` rules for this class also apply to an injected reply with the status. */
const classOf = (status: number) => (status === 429 ? 'rate_limited' : 'http_status')

function answered(
  kind: string,
  { status, retryAfterMs }: Extract<Injection, { does: 'answer' }>,
  withheld: () => void,
): AttemptFault {
  return {
    kind,
    carry: (_request, exchange) => {
      withheld()
      exchange.statusLast(status)
      exchange.fail(`injected_${kind}`, 'headers', `status ${status}, injected: nothing was sent`, classOf(status), retryAfterMs)
      return undefined
    },
  }
}
