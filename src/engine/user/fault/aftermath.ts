import { isInjected } from '../../../errors.ts'
import type { Exchange } from '../../../exchange.ts'
import { isBlamed } from '../../../faults/index.ts'
import type { AttemptDimensions } from '../../../metrics/recorder.ts'

/**
 * What earlier steps or attempts leave behind: `none`, an injected `fault` that may explain later failures, or a failure of the target's `own`, which
 * may explain them as well.
 */
type Trace = 'none' | 'fault' | 'own'

/**
 * Tracks which attempts of one user follow a failure by an injected fault in the same iteration. The failure of such an attempt is put down to the
 * fault, because the earlier attempt did not do its work. Once the target itself has failed, later failures in the iteration count against the
 * target again.
 */
export class Aftermath {
  private readonly tag: number
  /** The outcome of the steps before the present one; `present` is that of the present step's attempts, until one of them is ok. */
  private before: Trace = 'none'
  private present: Trace = 'none'

  /** Makes an object that has seen no attempt. `tag` is the index of the value `earlier` among the values of the tag `fault`. */
  constructor(tag: number) {
    this.tag = tag
  }

  /** True when an attempt that begins now comes after an injected failure in its iteration. */
  get follows(): boolean {
    return this.before !== 'own' && this.present !== 'own' && (this.before === 'fault' || this.present === 'fault')
  }

  /** Begins a step. `first` is true for the first step of an iteration. */
  beginStep(first: boolean): void {
    this.before = first ? 'none' : graver(this.before, this.present)
    this.present = 'none'
  }

  /** Returns the attempt with the tag `fault: earlier` if it comes after an injected failure and has no fault of its own. */
  tagged<Made extends { readonly dimensions: AttemptDimensions }>(made: Made): Made {
    const { dimensions } = made
    return dimensions.fault !== undefined || !this.follows ? made : { ...made, dimensions: { ...dimensions, fault: this.tag } }
  }

  /**
   * Takes the outcome of an attempt into account. A retry that is ok makes up for the failures before it; an attempt that is ok although its message
   * was changed does not.
   */
  see({ outcome, failure, fault }: Exchange): void {
    if (outcome === 'failed') this.present = graver(this.present, isInjected(failure) ? 'fault' : 'own')
    else if (outcome === 'ok') this.present = fault !== undefined && isBlamed(fault) ? 'fault' : 'none'
  }
}

function graver(a: Trace, b: Trace): Trace {
  return a === 'own' || b === 'none' ? a : b
}
