/** The thresholds of a run: those of the scenario, and what must hold when it says nothing else. */
import { UsageError } from '../../errors.ts'
import { complete, parseThreshold, type Threshold } from '../../metrics/threshold/threshold.ts'

/** Failing by default beats passing by default. */
const DEFAULT_MAX_ERRORS = '10%'
const DEFAULT_MIN_CHECKS = '99%'

/** Returns the thresholds of the scenario and the defaults that they do not replace. @throws UsageError when `maxErrorRate` is no share */
export function withDefaults(own: readonly Threshold[], hasChecks: boolean, maxErrorRate: string | undefined): Threshold[] {
  const covers = (...metrics: string[]) => own.some((t) => metrics.includes(t.metric.name) && coversAll(t))
  const more: string[] = []
  if (maxErrorRate !== undefined) more.push(`errors ratio <= ${maxErrorRate}`)
  else if (!covers('errors', 'good_share')) more.push(`errors ratio <= ${DEFAULT_MAX_ERRORS}`)
  if (hasChecks && !covers('checks', 'good_share')) more.push(`checks ratio >= ${DEFAULT_MIN_CHECKS}`)
  return [...own, ...more.map(threshold)]
}

/** Only a share takes the place of a default, and only one that fails the run, over all attempts of it: a count or a warning judges less. */
function coversAll({ aggregate, tags, severity, windowMs, afterMs, minSamples, onMissing }: Threshold): boolean {
  const wholeRun = windowMs === undefined || (afterMs === 0 && minSamples === 1)
  const isPlain = aggregate.kind === 'ratio' && Object.keys(tags).length === 0
  return isPlain && severity === 'fail' && onMissing === 'fail' && wholeRun
}

function threshold(text: string): Threshold {
  const parsed = parseThreshold(text)
  if (!parsed.ok) throw new UsageError(`not a threshold: ${text}: ${parsed.message}`, parsed.hint)
  return complete(parsed.threshold)
}
