/** Ends a live comparison when its answer is known: five looks, the early ones with far stricter bounds. */
import { now } from '../../clock.ts'
import type { ComparedRun } from '../../compare/compared-run.ts'
import type { CompareChoices } from '../../compare/gates.ts'
import { alphaAtLook, LOOKS } from '../../compare/live/looks.ts'
import { compareTogether } from '../../compare/together.ts'
import type { RunState } from '../../engine/outcome/run-state.ts'
import { UsageError } from '../../errors.ts'
import { withOwnShares } from '../../metrics/groups/blocks.ts'
import { EMPTY_RESULT, NO_METRICS } from '../../result/empty.ts'
import type { Plan } from '../../scenario/compile/plan.ts'
import type { LiveSide } from './live-sides.ts'

/** The certainty of a comparison when nothing else is chosen. */
const ALPHA = 0.01

/**
 * Decides whether a live comparison may end early (`--until-decided`): evaluates it after each fifth of the load, with bounds corrected for
 * looking several times.
 */
export class Decision {
  private readonly sides: readonly LiveSide[]
  private readonly base: CompareChoices
  private readonly lengthMs: number
  private readonly warmupMs: number
  private looks = 0
  private decidedAt: number | undefined

  /** @throws UsageError when the load has no length of which there are fifths */
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

  /** Called once a second with the states of both runs. Returns true when a metric that decides is worse, or every one has its verdict. */
  look(states: readonly (RunState | undefined)[]): boolean {
    const [a, b] = states
    if (!a || !b || this.decidedAt !== undefined) return false
    const measuredMs = Math.min(now() - a.startedAt, now() - b.startedAt) - this.warmupMs
    const due = Math.floor((LOOKS * measuredMs) / this.lengthMs)
    // The last look is the comparison itself.
    if (due <= this.looks || due >= LOOKS) return false
    this.looks = due
    const [sideA, sideB] = [a, b].map((state, i) => soFar(this.sides[i]?.name ?? '', state))
    if (!sideA || !sideB) return false
    const { values } = compareTogether(sideA, sideB, { ...this.base, alpha: this.alphaAt(due) })
    const deciding = values.filter(({ gate }) => gate)
    // One that is worse decides the whole; otherwise each has to have its verdict, also a chosen one that was not measured yet.
    const isWorse = deciding.some(({ verdict }) => verdict === 'WORSE')
    const isOpen = deciding.length < (this.base.gates?.length ?? 1) || deciding.some(({ verdict }) => verdict === 'UNCLEAR')
    if (isOpen && !isWorse) return false
    this.decidedAt = due
    return true
  }

  /** What the comparison at the end must choose so that all looks together are as certain as one. */
  choices(): Pick<CompareChoices, 'alpha'> {
    return { alpha: this.alphaAt(this.decidedAt ?? LOOKS) }
  }

  private alphaAt(look: number): number {
    return alphaAtLook(look, this.base.alpha ?? ALPHA)
  }
}

const measuredPhases = ({ phases }: Plan) => new Set(phases.filter(({ warmup }) => !warmup).map(({ name }) => name))

/** The run so far, as a side of a comparison: what decides which metrics are compared, and how, is as it is at the end. */
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
  const blocks = withOwnShares(recorder.timeline.blocks(measuredPhases(plan)), counters)
  return { name, result: { ...EMPTY_RESULT, phases, total }, blocks }
}

/** The length of the measured phases, or of the warm-ups, in ms; undefined when one of them has none. */
function lengthOf({ phases }: Plan, warmups = false): number | undefined {
  return phases
    .filter(({ warmup }) => warmup === warmups)
    .reduce<number | undefined>(
      (sum, { load }) => (sum === undefined || load.lengthMs === undefined ? undefined : sum + load.lengthMs),
      0,
    )
}
