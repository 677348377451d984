import { readCounters } from '../../metrics/counts/counters.ts'
import { Histogram } from '../../metrics/histogram/histogram.ts'
import { deadSteps, failedIterations, stepCounts, withDefaults } from '../../metrics/threshold/default-rules.ts'
import type { Evidence } from '../../metrics/threshold/evidence.ts'
import { holds } from '../../metrics/threshold/expression/limit.ts'
import { measure } from '../../metrics/threshold/measure.ts'
import { complete, parseStored, parseThreshold, type Threshold } from '../../metrics/threshold/threshold.ts'
import type { Distribution, GroupMetrics, Result, ThresholdResult } from '../../result/schema.ts'
import { BUCKET, distributionContradictions } from './distribution.ts'
import { isSame } from './figures.ts'

/** Metrics whose default thresholds apply only to some steps, although the text of such a threshold does not name the steps. */
const OF_SOME_STEPS = ['empty_reply', 'text_not_found', 'blocked']

/**
 * Yields a text for each threshold of a stored result that does not agree with the other numbers in the result; thresholds over windows are not
 * checked. If the result says `passed` and is not that of a shard, also yields a text for each default threshold that its numbers break but that is
 * missing.
 */
export function* thresholdContradictions(result: Result): Generator<string> {
  const evidence = evidenceOf(result.total)
  for (const [i, threshold] of result.thresholds.entries()) yield* oneContradiction(`thresholds.${i}`, threshold, evidence)
  if (result.verdict === 'passed' && result.shard === null) yield* missingRules(result, evidence)
}

/**
 * Checks one threshold: its limit and observed value must fit its text and `total`, and a threshold that passed must hold. A threshold may fail
 * although it seems to hold, because of attempts that were cut. A budget that ended the run also counts warm-ups and replies in flight.
 */
function* oneContradiction(path: string, result: ThresholdResult, evidence: Evidence): Generator<string> {
  const { threshold, state, observed, limit, samplesNeeded } = result
  const parsed = parseThreshold(threshold)
  // The text of a threshold with a window contains the window, so it cannot be parsed here.
  if (!parsed.ok) return
  const { aggregate, metric, tags, operator } = parsed.threshold
  if (!isSame(parsed.threshold.limit, limit)) yield `${path}.limit: ${limit}, but the threshold says ${parsed.threshold.limit}`
  const isOfTotal = metric.kind === 'distribution' ? metric.source === 'attempt' || metric.source === 'pooled' : !metric.ofRun
  const isOfAll = Object.keys(tags).length === 0 && !(state === 'failed' && OF_SOME_STEPS.includes(metric.name))
  const isBudget = result.aborted === true && state === 'failed' && aggregate.kind === 'sum'
  if (isOfTotal && isOfAll && !isBudget) {
    const counted = measure(parsed.threshold, evidence).observed
    // The observed value was computed from samples, the stored one from the buckets that hold them.
    if (!isSame(observed, counted, metric.kind === 'distribution' ? 2 * BUCKET : undefined))
      yield `${path}.observed: ${observed}, but by the detail in \`total\` it is ${counted}`
  }
  if (state !== 'passed' || samplesNeeded !== undefined || observed === null) return
  if (!holds(observed, operator, limit)) yield `${path}.state: passed, but ${observed} was observed: ${threshold}`
}

/** Yields the default thresholds that the figures break, that no threshold of the scenario replaces, and that the result lacks. */
function* missingRules({ thresholds, total, steps, iterations, warmup }: Result, evidence: Evidence): Generator<string> {
  const own = thresholds.flatMap(asThreshold)
  for (const rule of withDefaults(own, evidence.counters.checksMade > 0, undefined).slice(own.length)) {
    const { observed } = measure(rule, evidence)
    if (observed !== null && !holds(observed, rule.operator, rule.limit))
      yield `thresholds: ${rule.name} is missing, which is broken: by the detail in \`total\` it is ${observed}`
  }
  const { completed, failed: failedAll, injected = 0 } = iterations
  // Failures by injected faults do not break a threshold.
  const failed = failedAll - injected
  const ruledSteps = steps.map(({ name, counters }) => stepCounts(name, readCounters(counters)))
  // The iterations include those of warm-ups, to which no threshold applies.
  const broken = [
    ...(warmup ? [] : failedIterations(own, completed + failed, failed)),
    ...deadSteps(own, total.counts.ok, ruledSteps),
  ]
  for (const { threshold, reason } of broken) yield `thresholds: ${threshold} is missing, which is broken: ${reason}`
}

/** Converts a stored threshold back to one that can be evaluated. Options that the result does not store get their defaults. */
function asThreshold({ threshold, severity }: ThresholdResult): Threshold[] {
  const parsed = parseStored(threshold)
  return parsed.ok ? [complete(parsed.threshold, { severity })] : []
}

function evidenceOf({ counters, values, distributions }: GroupMetrics): Evidence {
  const known = new Map<string, Histogram | undefined>()
  return {
    counters: readCounters(counters),
    inFlight: 0,
    value: ({ name }) => values[name] ?? null,
    histogram: (name) => {
      if (!known.has(name)) known.set(name, histogramOf(distributions[name]))
      return known.get(name)
    },
  }
}

/** Decodes a stored histogram; undefined when it is damaged, which another check reports. */
function histogramOf(stored: Distribution | undefined): Histogram | undefined {
  return stored && distributionContradictions('', stored).next().done ? Histogram.of(stored) : undefined
}
