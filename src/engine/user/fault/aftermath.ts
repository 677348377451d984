import { isInjected } from '../../../errors.ts'
import type { Exchange } from '../../../exchange.ts'
import { isBlamed } from '../../../faults/index.ts'
import type { AttemptDimensions } from '../../../metrics/recorder.ts'

/** What came of steps so far: nothing amiss, a fault that may explain what follows, or a failure of the target's own, which may explain it as well. */
type Trace = 'none' | 'fault' | 'own'

/**
 * Tracks, for one user, which attempts of an iteration come after one that failed by an injected fault: they may fail only because that one
 * did not do its work. After a failure of the target's own, further failures count as the target's again.
 */
export class Aftermath {
  private readonly tag: number
  /** Of the steps before; of the attempts of the present step, until one of them is ok. */
  private before: Trace = 'none'
  private present: Trace = 'none'

  /** `tag`: the place of `earlier` among the values of the tag `fault`. */
  constructor(tag: number) {
    this.tag = tag
  }

  /** True when an attempt that begins now comes after an injected failure of its iteration. */
  get follows(): boolean {
    return this.before !== 'own' && this.present !== 'own' && (this.before === 'fault' || this.present === 'fault')
  }

  /** Begins a step; `first`: of a new iteration. */
  beginStep(first: boolean): void {
    this.before = first ? 'none' : graver(this.before, this.present)
    this.present = 'none'
  }

  /** The attempt with the tag of those after an injected failure, unless it has a fault of its own. */
  tagged<Made extends { readonly dimensions: AttemptDimensions }>(made: Made): Made {
    const { dimensions } = made
    return dimensions.fault !== undefined || !this.follows ? made : { ...made, dimensions: { ...dimensions, fault: this.tag } }
  }

  /** Sees how an attempt ended. A retry that is ok has made up for those before it; a changed message that was taken for good has not. */
  see({ outcome, failure, fault }: Exchange): void {
    if (outcome === 'failed') this.present = graver(this.present, isInjected(failure) ? 'fault' : 'own')
    else if (outcome === 'ok') this.present = fault !== undefined && isBlamed(fault) ? 'fault' : 'none'
  }
}

function graver(a: Trace, b: Trace): Trace {
  return a === 'own' || b === 'none' ? a : b
}
