import { isBuiltIn } from '../../../connectors/index.ts'
import type { MetricDefinition } from '../../../metrics/groups/catalogue.ts'
import type { ThresholdExpression } from '../../../metrics/threshold/threshold.ts'
import { type LintSubject, rule } from '../../lint/subject.ts'
import { type TargetUse, targetNames, targetUses } from '../../lint/targets.ts'
import { listAt } from '../../schema/written-steps.ts'

const HINT = 'write it on response_time, service_time, ttfb or input_tokens, which such replies have'

/** True for a metric that has a value only when a reply has generated text or output tokens; shares have a value of 0 without any. */
function needsText(metric: MetricDefinition): boolean {
  if (metric.kind === 'share') return false
  return metric.ofText === true || metric.name === 'reasoning_tokens'
}

/** Returns the targets to which steps of the load send. */
const loadedUses = (subject: LintSubject): TargetUse[] =>
  targetUses(subject).filter(({ steps }) => steps.some(({ path: [top] }) => top !== 'setup' && top !== 'teardown'))

/** The API formats of the targets that a metric is about, when no reply of any of them has generated text; undefined when that is not certain. */
function textlessFormats(uses: readonly TargetUse[], tags: ThresholdExpression['tags']): string | undefined {
  const asked = uses.filter(({ name }) => tags.target === undefined || tags.target === name)
  // How a plugin's protocol reads replies is not known.
  const isCertain = asked.length > 0 && asked.every(({ target }) => target.dialect.isTextless && isBuiltIn(target.protocol))
  return isCertain ? [...new Set(asked.map(({ target }) => target.dialect.name))].join(' and ') : undefined
}

/** The rule that warns of a threshold, an alert or a rule of `stopWhen` on generated text when the API of no target generates any. */
export const W_NO_TEXT = rule('W_NO_TEXT', (subject, report) => {
  const { scenario, value, targets, doubts } = subject
  if (doubts.steps || !targetNames(subject).every((name) => targets.has(name))) return
  const uses = loadedUses(subject)
  const nothingFor = (metric: MetricDefinition, tags: ThresholdExpression['tags'] = {}) => {
    const formats = needsText(metric) ? textlessFormats(uses, tags) : undefined
    return formats && `replies of ${formats} have no generated text: ${metric.name} has no samples`
  }
  scenario.thresholds?.forEach(({ metric, tags, onMissing }, index) => {
    const why = onMissing === 'fail' ? nothingFor(metric, tags) : undefined
    if (why) report(['thresholds', index], 'value', `${why}, which counts as a failure`, HINT)
  })
  scenario.alerts?.forEach((alert, index) => {
    const why = alert.kind === 'metric' ? nothingFor(alert.expression.metric, alert.expression.tags) : undefined
    if (why) report(['alerts', index], 'value', `${why}, and this alert never comes`, HINT)
  })
  scenario.stopWhen?.forEach((stop, index) => {
    const why = stop.when === 'settled' && stop.metric ? nothingFor(stop.metric.metric) : undefined
    const path = listAt(value, ['stopWhen']).length > 0 ? ['stopWhen', index, 'metric'] : ['stopWhen', 'metric']
    if (why) report(path, 'value', `${why}, and this rule never ends the run`, HINT)
  })
})
