import { isBuiltIn } from '../../../connectors/index.ts'
import type { MetricDefinition } from '../../../metrics/groups/catalogue.ts'
import type { ThresholdExpression } from '../../../metrics/threshold/threshold.ts'
import { type LintSubject, rule } from '../../lint/subject.ts'
import { type TargetUse, targetNames, targetUses } from '../../lint/targets.ts'
import type { Path } from '../../read/source/source.ts'
import { listAt } from '../../schema/written-steps.ts'

const HINT = 'write it on response_time, service_time, ttfb or input_tokens, which such replies have'
const HINT_FOR_REQUESTS =
  'send a message step, whose reply is read in the API format of the target, or write it on response_time, service_time or ttfb'

/** True for a metric that has a value only when a reply has generated text or output tokens; shares have a value of 0 without any. */
function needsText(metric: MetricDefinition): boolean {
  if (metric.kind === 'share') return false
  return metric.ofText === true || metric.name === 'reasoning_tokens'
}

/** Returns the targets to which steps of the load send, with these steps. */
const loadedUses = (subject: LintSubject): TargetUse[] =>
  targetUses(subject).flatMap((use) => {
    const steps = use.steps.filter(({ path: [top], step }) => top !== 'setup' && top !== 'teardown' && isSent(step))
    return steps.length > 0 ? [{ ...use, steps }] : []
  })

const isSent = ({ message, request }: TargetUse['steps'][number]['step']) => message !== undefined || request !== undefined

/** Returns which replies a metric is about, when none of them has generated text, and a hint; undefined when that is not certain. */
function textlessReplies(uses: readonly TargetUse[], tags: ThresholdExpression['tags']): readonly [string, string] | undefined {
  const asked = uses.filter(({ name }) => tags.target === undefined || tags.target === name)
  const ofMessages = asked.filter(({ steps }) => steps.some(({ step }) => step.message !== undefined))
  // How a plugin's protocol reads replies is not known.
  const isCertain =
    asked.every(({ target }) => isBuiltIn(target.protocol)) && ofMessages.every(({ target }) => target.dialect.isTextless)
  if (asked.length === 0 || !isCertain) return undefined
  const formats = [...new Set(ofMessages.map(({ target }) => target.dialect.name))]
  return formats.length > 0 ? [`of ${formats.join(' and ')}`, HINT] : ['to request steps', HINT_FOR_REQUESTS]
}

/**
 * The lint rule (of `burn validate`) that warns of a threshold, an alert or a rule of `stopWhen` on generated text when no reply that it is about can
 * have such text. This is so when each step is a `request`, in whose reply burn does not look for text, or sends messages to a target whose API
 * generates none.
 */
export const W_NO_TEXT = rule('W_NO_TEXT', (subject, report) => {
  const { scenario, value, targets, doubts } = subject
  if (doubts.steps || !targetNames(subject).every((name) => targets.has(name))) return
  const uses = loadedUses(subject)
  /** Reports a metric without samples at `path`; `then` says what follows from that. */
  const warn = (path: Path, then: string, metric: MetricDefinition, tags: ThresholdExpression['tags'] = {}) => {
    const found = needsText(metric) ? textlessReplies(uses, tags) : undefined
    if (found === undefined) return
    const [replies, hint] = found
    report(path, 'value', `replies ${replies} have no generated text: ${metric.name} has no samples, ${then}`, hint)
  }
  scenario.thresholds?.forEach(({ metric, tags, onMissing }, index) => {
    if (onMissing === 'fail') warn(['thresholds', index], 'which counts as a failure', metric, tags)
  })
  scenario.alerts?.forEach((alert, index) => {
    if (alert.kind !== 'metric') return
    const { metric, tags } = alert.expression
    warn(['alerts', index], 'and this alert never comes', metric, tags)
  })
  scenario.stopWhen?.forEach((stop, index) => {
    const path = listAt(value, ['stopWhen']).length > 0 ? ['stopWhen', index, 'metric'] : ['stopWhen', 'metric']
    if (stop.when === 'settled' && stop.metric) warn(path, 'and this rule never ends the run', stop.metric.metric)
  })
})
