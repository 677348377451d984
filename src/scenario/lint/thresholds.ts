/** Checks the tags by which thresholds select attempts: whether the tag exists, and whether it can have that value. */

import { EARLIER } from '../../errors.ts'
import { faultKinds, wireForms } from '../../faults/index.ts'
import { excludeEachOther } from '../../metrics/threshold/expression/conditions.ts'
import {
  checkThresholdTags,
  type KnownTags,
  selectorKey,
  type Threshold,
  type ThresholdProblem,
} from '../../metrics/threshold/threshold.ts'
import { nameOfCheck } from '../../observe/health/schema.ts'
import { E_THRESHOLD } from '../problems/values/E_THRESHOLD.ts'
import type { Finding } from '../read/source/finding.ts'
import { member } from '../schema/schema-walk.ts'
import { listAt, loadSteps, mapAt, scalarText } from '../schema/written-steps.ts'
import { namedSteps } from './names.ts'
import { type LintSubject, perScenario, stepsOf } from './subject.ts'
import { tagValues, writtenTags } from './tags.ts'
import { targetNames } from './targets.ts'
import { alertOnWholeRun, isOfProcess, watchedProcesses, wholeRunProblems } from './whole-run/problems.ts'

/** Returns the names of the steps that close a connection (`leaving`), or of all other steps. */
const namesOf = (value: unknown, leaving: boolean) =>
  namedSteps(loadSteps(value))
    .filter(({ leaves }) => leaves === leaving)
    .map(({ name, otherwise }) => (typeof name === 'string' ? name : otherwise))

/** Returns the names of steps that thresholds may select. If some steps could not be read, it returns all names that those might have. */
function stepNames(subject: LintSubject): string[] {
  const sure = namesOf(subject.value, false)
  if (!subject.doubts.steps) return sure
  const perhaps = stepsOf(subject).flatMap(({ step }, index) => [scalarText(step.name), `step-${index + 1}`])
  return [...sure, ...perhaps.filter((name) => name !== undefined)]
}

/** Names of phases that can be measured; for phases that could not be read, the names in the file. */
function phaseNames({ scenario, value }: LintSubject): string[] {
  const phases = listAt(value, ['load']).map((_, index) => {
    const { name, warmup } = mapAt(value, ['load', index])
    return { warmup: scenario.load?.[index]?.warmup ?? warmup === true, name: scalarText(name) ?? `phase-${index + 1}` }
  })
  return phases.length > 0 ? phases.filter(({ warmup }) => !warmup).map(({ name }) => name) : ['main']
}

/**
 * The values that the tag `fault` may have. In a control run (`faults: []`) these are all values, because thresholds on the tag are not evaluated
 * then.
 */
function faultNames(value: unknown): readonly string[] {
  const entries = member(value, 'faults')
  const all = [...faultKinds, ...Object.keys(wireForms)]
  if (Array.isArray(entries) && entries.length === 0) return [...all, EARLIER]
  const kinds = listAt(value, ['faults']).flatMap((entry) => all.filter((kind) => member(entry, kind) !== undefined))
  return entries === undefined ? kinds : [...kinds, EARLIER]
}

/** Returns the values of the tags that burn gives to every attempt, such as `step` and `phase`. */
function ownTags(subject: LintSubject): Readonly<Record<string, readonly string[]>> {
  const { value } = subject
  const flows = listAt(value, ['flows']).flatMap((_, index) => scalarText(mapAt(value, ['flows', index]).name) ?? [])
  const { keys, titles } = subject.doubts
  return {
    step: [...new Set([...stepNames(subject), ...titles])],
    phase: [...phaseNames(subject), ...titles],
    target: [...targetNames(subject), ...keys],
    flow: [...flows, ...titles],
    fault: faultNames(value),
    group: [...Object.keys(mapAt(value, ['groups'])), ...keys],
  }
}

/** Returns a better message for a step or phase that exists but is not counted, such as a step that only closes the connection. */
function better({ scenario, value }: LintSubject, tags: Threshold['tags'], { message, hint }: ThresholdProblem) {
  const { phase, step } = tags
  if (step !== undefined && namesOf(value, true).includes(step)) {
    const others = namesOf(value, false).join(', ')
    return E_THRESHOLD.refused(
      `${step} only closes the connection: it is in no count`,
      `select a step that sends something: ${others}`,
    )
  }
  if (phase !== undefined && scenario.load?.some(({ name, warmup }) => warmup && name === phase))
    return E_THRESHOLD.refused(`${phase} is a warm-up: it is kept out of thresholds`, hint)
  const label = Object.keys(scenario.tags ?? {}).find((name) => message === `there is no tag "${name}"`)
  if (label === undefined) return E_THRESHOLD.refused(message, hint)
  return E_THRESHOLD.refused(`${label} is a label of the whole run`, 'leave it out: the threshold is for the whole run as it is')
}

/** Returns the names that the scenario gives to checks. */
function checkNames(value: unknown): string[] {
  const lines = loadSteps(value).flatMap(({ step }) => listAt(step, ['expect']))
  return [
    ...new Set(lines.map((line) => member(line, 'name') ?? member(line, 'metric')).filter((name) => typeof name === 'string')),
  ]
}

/** Returns a problem for a threshold on checks in a scenario whose steps make none. */
function sampleProblems({ metric, onMissing, severity, text }: Threshold, { value, doubts }: LintSubject): ThresholdProblem[] {
  const isMissing = metric.name === 'checks' && onMissing === 'fail' && severity === 'fail' && !doubts.steps
  if (!isMissing || loadSteps(value).some(({ step }) => step.expect !== undefined)) return []
  const message = 'no step has checks: this has no samples, which counts as a failure'
  return [{ message, hint: 'write expect: [ { status: 200 } ] in a step', offset: 0, length: text.length }]
}

/** True for a threshold on a single named check, such as `checks{check=blocked}`. */
const asksForCheck = ({ metric, tags }: Pick<Threshold, 'metric' | 'tags'>) =>
  metric.name === 'checks' && tags.check !== undefined

/** True for a threshold on a metric of health checks, such as `health.availability{name=api}`. */
const asksForHealth = ({ metric }: Pick<Threshold, 'metric'>) => metric.name.startsWith('health.')
/** True for a threshold on one criterion of the judge, such as `judge_score{criterion=tone}`. */
const asksForJudge = ({ metric }: Pick<Threshold, 'metric'>) => metric.name.startsWith('judge_')
const criteriaNames = ({ scenario }: LintSubject) => Object.keys(scenario.judge?.criteria ?? {})
const healthNames = ({ scenario }: LintSubject) => (scenario.health ?? []).map(nameOfCheck)

/** Returns the values of tags that only metrics of the whole run have, such as names of health checks; empty for other thresholds. */
function wholeRunTags(threshold: Threshold, subject: LintSubject): KnownTags {
  if (asksForHealth(threshold)) return { name: healthNames(subject) }
  if (isOfProcess(threshold.metric)) return { name: watchedProcesses(subject.scenario) }
  const criteria = asksForJudge(threshold) ? criteriaNames(subject) : []
  return criteria.length > 0 ? { criterion: criteria } : {}
}

/** Returns the problems of a threshold on one check, which is counted over all attempts of its step and only evaluated at the end of the run. */
function checkProblems(threshold: Threshold): ThresholdProblem[] {
  const { tagSpans, abort, windowMs } = threshold
  const other = tagSpans.find(({ name }) => name !== 'check' && name !== 'step')
  if (other) {
    const message = `${other.name} does not go with check: a check is counted over all attempts of its step`
    return [{ message, hint: 'leave it out', offset: other.nameOffset, length: other.name.length }]
  }
  if (!abort && windowMs === undefined) return []
  const at = tagSpans.find(({ name }) => name === 'check')
  const message = `the share of one check is judged at the end: ${abort ? 'abort' : 'window'} does not go with it`
  return [{ message, hint: 'leave it out, or judge all checks: checks', offset: at?.nameOffset ?? 0, length: 5 }]
}

/** True for two thresholds that fail a run and are about the same attempts. Thresholds that pass without samples are left out. */
const isAboutSame = (a: Threshold, b: Threshold) =>
  [a, b].every(({ severity, onMissing }) => severity === 'fail' && onMissing === 'fail') &&
  selectorKey(a.tags) === selectorKey(b.tags) &&
  a.windowMs === b.windowMs &&
  a.afterMs === b.afterMs

/** Returns a problem when no run can meet both this threshold and an earlier one. */
function conflictWith(threshold: Threshold, before: readonly Threshold[]): ThresholdProblem[] {
  // Not `find`, which would also visit the empty slots of thresholds with an error.
  const [other] = before.filter((one) => isAboutSame(one, threshold) && excludeEachOther(one, threshold))
  if (other === undefined) return []
  const message = `no run can meet both this and "${other.text}"`
  return [{ message, hint: 'leave one of them out, or give it severity: warn', offset: 0, length: threshold.text.length }]
}

/** Returns the tags by which thresholds can select, with their values: for all thresholds, and for those on a single check. */
const selectable = perScenario((subject): { readonly all: KnownTags; readonly byCheck: KnownTags } => {
  const own = ownTags(subject)
  const all: KnownTags = {
    ...Object.fromEntries(subject.doubts.keys.map((name) => [name, 'any'])),
    ...tagValues(writtenTags(subject)),
    ...own,
  }
  return { all, byCheck: { ...all, step: own.step ?? [], check: checkNames(subject.value) } }
})

/**
 * Returns the errors of thresholds that do not suit the scenario: the tag filter, such as `{step=login}`, matches no attempt, the metric never has
 * samples or does not allow the aggregate, `window` or `abort`, or the threshold conflicts with another one.
 */
export function thresholdFindings(subject: LintSubject): Finding[] {
  const { scenario, value } = subject
  const { all, byCheck } = selectable(subject)
  const written = listAt(value, ['thresholds'])
  return (scenario.thresholds ?? []).flatMap((threshold, index, list) => {
    const problems = [
      ...checkThresholdTags(threshold, asksForCheck(threshold) ? byCheck : { ...all, ...wholeRunTags(threshold, subject) }),
      ...(asksForCheck(threshold) ? checkProblems(threshold) : sampleProblems(threshold, subject)),
      ...wholeRunProblems(threshold, value),
      ...conflictWith(threshold, list.slice(0, index)),
    ]
    return problems.map((problem) => ({
      ...better(subject, threshold.tags, problem),
      path: typeof written[index] === 'string' ? ['thresholds', index] : ['thresholds', index, 'threshold'],
      mark: { offset: problem.offset, length: problem.length },
    }))
  })
}

/**
 * Returns the errors of a scenario's alerts: an alert with a tag filter, such as `{step=login}`, that can never match, and an alert on a number that
 * is known only at the end of a run, such as the success rate of one check.
 */
export function alertFindings(subject: LintSubject): Finding[] {
  const { all } = selectable(subject)
  return (subject.scenario.alerts ?? []).flatMap((alert, index) => {
    if (alert.kind !== 'metric') return []
    const { expression } = alert
    const ofCheck = expression.tagSpans.find(({ name }) => asksForCheck(expression) && name === 'check')
    const problems = ofCheck
      ? [
          {
            message: 'the share of one check is known at the end: an alert looks at all checks',
            hint: `leave ${ofCheck.name} out, or write a threshold on it`,
            offset: ofCheck.nameOffset,
            length: ofCheck.name.length,
          },
        ]
      : [...checkThresholdTags(expression, all), ...alertOnWholeRun(expression)]
    return problems.map((problem) => ({
      ...better(subject, expression.tags, problem),
      path: ['alerts', index],
      mark: { offset: problem.offset, length: problem.length },
    }))
  })
}
