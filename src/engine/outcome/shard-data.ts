/** Builds the field `shardData` of the result of a shard, which is needed to merge it with the others. A whole run has none. */
import { hostname } from 'node:os'
import { loadText } from '../../load/text/load-text.ts'
import { storedCounters } from '../../metrics/counts/counters.ts'
import { storedSparse } from '../../metrics/histogram/sparse.ts'
import type { ValidityBounds } from '../../metrics/validity/facts.ts'
import type { GeneratorHealth, Result, ShardData } from '../../result/schema.ts'
import type { ThresholdEvaluators } from './evaluators.ts'
import type { RunState } from './run-state.ts'
import { type OwnFacts, ownFacts } from './run-validity.ts'
import { expectsText } from './text-not-found.ts'

/** The input for the field `shardData` besides the state of the run: the context of the result, and the evaluators of thresholds. */
interface ShardContext {
  readonly evaluators: ThresholdEvaluators
  readonly bounds: ValidityBounds
  readonly health: GeneratorHealth
  readonly phases: Result['phases']
  readonly durationMs: number
  readonly windowMs: number
  readonly interrupted: boolean
}

/**
 * Returns `{ shardData }`, the numbers that are needed to merge this result with those of the other processes or machines, when each makes a part of
 * one run; `{}` when this process makes the whole run.
 */
export function shardDataOf(state: RunState, context: ShardContext): Pick<Result, 'shardData'> {
  const { share, plan, recorder, quality } = state
  if (share === undefined) return {}
  const stored = quality?.stored()
  const shardData: ShardData = {
    parts: [partOf(state, context, share)],
    counters: { ...recorder.runCounters },
    seconds: recorder.timeline.stretches().map(({ counts, latencies }) => ({
      counts,
      latencies: Object.fromEntries(Object.entries(latencies).map(([name, sparse]) => [name, storedSparse(sparse)])),
    })),
    thresholds: context.evaluators.stored(context.windowMs),
    loads: plan.phases.map(({ load, wholeLoad = load }) => loadText(wholeLoad)),
    textSteps: plan.exchanges.filter((step) => expectsText(plan, step)).map(({ name }) => name),
    ...(stored && { quality: stored }),
    judgeScores: [...recorder.judge.added],
  }
  return { shardData }
}

function partOf(
  state: RunState,
  { health, phases, bounds, durationMs, interrupted }: ShardContext,
  { index, count }: NonNullable<RunState['share']>,
): ShardData['parts'][number] {
  const { recorder, startedWall } = state
  const { localFailures, iterations, unread, ...facts }: OwnFacts = ownFacts(state)
  return {
    index,
    of: count,
    hostname: hostname(),
    startTime: Math.round(startedWall),
    durationMs,
    counts: recorder.total.counts,
    generator: health,
    phases: phases.map(({ name, warmup, arrivals }) => ({ name, warmup, ...(arrivals && { arrivals }) })),
    bounds: { ...bounds },
    counters: storedCounters({ ...recorder.total.counters, ...iterations }),
    localFailures: Object.fromEntries(localFailures),
    ...facts,
    unread: unread.map(({ what, ...step }) => ({ ...step, ...(what !== undefined && { what }) })),
    interrupted,
  }
}
