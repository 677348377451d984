/** Ends a live comparison early, when its verdict is certain. It is evaluated up to five times, and early evaluations need far more certainty. */
import { now } from '../../clock.ts'
import type { ComparedRun } from '../../compare/compared-run.ts'
import type { CompareChoices } from '../../compare/gates.ts'
import { alphaAtLook, LOOKS } from '../../compare/live/looks.ts'
import { compareTogether } from '../../compare/together.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { UsageError } from '../../errors.ts'
import { blocksForRates } from '../../metrics/groups/blocks.ts'
import { EMPTY_RESULT, NO_METRICS } from '../../result/empty.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { LiveSide } from './live-sides.ts'

/** The error probability of a comparison (1 minus its confidence) unless the user chooses another one. */
const ALPHA = 0.01

/**
 * Decides whether `burn compare`, while it runs two scenarios, may stop early (`--until-decided`). After each fifth of the load it evaluates the
 * comparison. The confidence intervals are widened, because several evaluations make a wrong verdict likelier.
 */
export class Decision {
  private readonly sides: readonly LiveSide[]
  private readonly base: CompareChoices
  private readonly lengthMs: number
  private readonly warmupMs: number
  private looks = 0
  private decidedAt: number | undefined

  /** @throws UsageError when a phase of the load has no planned duration, so that nobody knows when a fifth is over */
  constructor(sides: readonly LiveSide[], choices: CompareChoices) {
    this.sides = sides
    this.base = choices
    const lengths = sides.map(({ loaded }) => lengthOf(loaded.plan))
    const [length] = lengths
    if (length === undefined || lengths.includes(undefined))
      throw new UsageError(
        '--until-decided: the load has no length of which there are fifths',
        'give its phases a time, such as for: 10m',
      )
    this.lengthMs = Math.min(...lengths.map((one) => one ?? length))
    this.warmupMs = Math.max(...sides.map(({ loaded }) => lengthOf(loaded.plan, true) ?? 0))
  }

  /**
   * Called once a second with the states of both runs. Returns true when the comparison is decided: one deciding metric is worse, or all of them have
   * a verdict.
   */
  look(states: readonly (RunState | undefined)[]): boolean {
    const [a, b] = states
    if (!a || !b || this.decidedAt !== undefined) return false
    const measuredMs = Math.min(now() - a.startedAt, now() - b.startedAt) - this.warmupMs
    const due = Math.floor((LOOKS * measuredMs) / this.lengthMs)
    // The last of the evaluations is the comparison at the end of the runs.
    if (due <= this.looks || due >= LOOKS) return false
    this.looks = due
    const [sideA, sideB] = [a, b].map((state, i) => soFar(this.sides[i]?.name ?? '', state))
    if (!sideA || !sideB) return false
    const { values } = compareTogether(sideA, sideB, { ...this.base, alpha: this.alphaAt(due) })
    const deciding = values.filter(({ gate }) => gate)
    // A single worse metric decides the comparison. Otherwise every deciding metric needs a verdict, even one that was not measured yet.
    const isWorse = deciding.some(({ verdict }) => verdict === 'WORSE')
    const isOpen = deciding.length < (this.base.gates?.length ?? 1) || deciding.some(({ verdict }) => verdict === 'UNCLEAR')
    if (isOpen && !isWorse) return false
    this.decidedAt = due
    return true
  }

  /** Returns the error probability for the comparison at the end, such that all evaluations together are as certain as a single one. */
  choices(): Pick<CompareChoices, 'alpha'> {
    return { alpha: this.alphaAt(this.decidedAt ?? LOOKS) }
  }

  private alphaAt(look: number): number {
    return alphaAtLook(look, this.base.alpha ?? ALPHA)
  }
}

const measuredPhases = ({ phases }: Plan) => new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))

/**
 * Returns the data of a run that still goes on, as one side of a comparison. It has all that chooses the compared metrics and the method, so that
 * these are the same as at the end.
 */
function soFar(name: string, { plan, recorder }: RunState): ComparedRun {
  const { counters } = recorder.total
  const phases = plan.phases.map(({ name: phase, warmup }) => ({
    ...NO_METRICS,
    name: phase,
    shape: '',
    load: '',
    warmup,
    startMs: 0,
  }))
  const tokens = { ...NO_METRICS.tokens, output: counters.outputTokens > 0 ? counters.outputTokens : null }
  const total = { ...NO_METRICS, counts: { ...NO_METRICS.counts, ok: counters.ok }, tokens }
  const blocks = blocksForRates(recorder.timeline.blocks(measuredPhases(plan)), counters)
  return { name, result: { ...EMPTY_RESULT, phases, total }, blocks }
}

/** Returns the planned duration of all measured phases, or of all warm-ups, in ms; undefined when a phase has none. */
function lengthOf({ phases }: Plan, warmups = false): number | undefined {
  return phases
    .filter(({ warmup }) => warmup === warmups)
    .reduce<number | undefined>(
      (sum, { load }) => (sum === undefined || load.lengthMs === undefined ? undefined : sum + load.lengthMs),
      0,
    )
}
