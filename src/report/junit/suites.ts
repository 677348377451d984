/** The cases of a result: run, thresholds, checks, validity. A run in which nothing went well always has red cases. */
import { terminalSafe } from '../../escape.ts'
import type { CheckCount, Result, StepSlice, ThresholdResult, Verdict } from '../../metrics/result.ts'
import { connectionsMatter, connectionsText } from '../console/connections.ts'
import { byCount, hintText } from '../console/errors.ts'
import { countsText } from '../console/totals.ts'
import { warningsOf } from '../console/warnings.ts'
import { formatCount, formatValue } from '../format.ts'
import { shownVerdict, verdictWord } from '../verdict.ts'
import type { CaseState, TestCase, TestSuite } from './xml.ts'

/** Of one error message; the list of them has to stay readable. */
const SAMPLE_CHARACTERS = 400

const VERDICT_STATE: Record<Verdict, CaseState> = {
  passed: 'passed',
  failed: 'failure',
  invalid: 'error',
  could_not_test: 'error',
  aborted: 'error',
  incomplete: 'error',
  error: 'error',
}

/** All suites that have a case; `stem` is the scenario's name without folder and extension. */
export function suitesOf(result: Result, stem: string): TestSuite[] {
  const suites: TestSuite[] = [
    { name: 'burn.run', classname: `${stem}.run`, cases: runCases(result) },
    { name: 'burn.thresholds', classname: `${stem}.thresholds`, cases: result.thresholds.map((t) => thresholdCase(t, result)) },
    ...result.steps.map((step) => checkSuite(step, result, stem)),
    { name: 'burn.validity', classname: `${stem}.validity`, cases: validityCases(result) },
  ]
  return suites.filter((suite) => suite.cases.length > 0)
}

function runCases(result: Result): TestCase[] {
  const verdict = shownVerdict(result)
  const seconds = result.durationMs / 1000
  const { counts } = result.total
  const text = `${verdictWord(verdict)}: ${result.reason}\n${countsText(counts)}\n${sideText(result)}`.trimEnd()
  return [
    { name: 'verdict', seconds, state: VERDICT_STATE[verdict], message: result.reason, text },
    mustHold('requests were made', counts.started > 0, 'no request was made', countsText(counts)),
    mustHold('at least one attempt succeeded', counts.ok > 0, 'no attempt succeeded', text),
  ]
}

function mustHold(name: string, holds: boolean, message: string, text: string): TestCase {
  return { name, seconds: 0, state: holds ? 'passed' : 'failure', message, text: holds ? '' : `${message}\n${text}` }
}

/** What else there is to say of the run: errors, warnings, connections. */
function sideText(result: Result): string {
  const warnings = warningsOf(result).map(
    ({ name, count, text }) => `warning: ${formatCount(count)}x ${name}${text === '' ? '' : `: ${text}`}`,
  )
  const connections = connectionsMatter(result) ? [`connections: ${connectionsText(result.connectionMetrics)}`] : []
  return [errorText(result), ...warnings, ...connections].filter((part) => part !== '').join('\n')
}

/** The most frequent errors, one line each, and what to do about them. */
function errorText(result: Result): string {
  return byCount(result.errors)
    .slice(0, 10)
    .map((error) => {
      const hint = hintText(error)
      const sample = terminalSafe(error.sample, { maxLength: SAMPLE_CHARACTERS })
      return `${formatCount(error.count)}x ${error.class} in ${error.step}: ${sample}${hint === '' ? '' : ` (${hint})`}`
    })
    .join('\n')
}

function thresholdCase(threshold: ThresholdResult, result: Result): TestCase {
  const text = thresholdText(threshold, result)
  return {
    name: threshold.threshold,
    seconds: result.durationMs / 1000,
    state: thresholdState(threshold),
    message: text.split('\n', 1)[0] ?? '',
    text,
  }
}

/** A threshold that only warns never turns red. No samples is a failure, never a pass. */
function thresholdState({ state, severity }: ThresholdResult): CaseState {
  if (state === 'skipped') return 'skipped'
  return state === 'passed' || severity === 'warn' ? 'passed' : 'failure'
}

function thresholdText(threshold: ThresholdResult, result: Result): string {
  const observed = threshold.state === 'no_samples' ? 'no samples' : formatValue(threshold.observed, threshold.unit)
  const lines = [
    `${threshold.threshold}: ${threshold.state.replace('_', ' ')}, observed ${observed}, limit ${formatValue(threshold.limit, threshold.unit)}, ${formatCount(threshold.samples)} samples`,
  ]
  if (threshold.severity === 'warn') lines.push('severity: warn')
  if (threshold.fewSamples) lines.push('few samples: fewer than 10 lie above this percentile')
  if (threshold.reason !== undefined) lines.push(threshold.reason)
  const worst = threshold.worstWindow
  if (worst) lines.push(`worst window: ${(worst.fromMs / 1000).toFixed(1)} s to ${(worst.toMs / 1000).toFixed(1)} s`)
  if (threshold.state !== 'passed')
    lines.push(`run again: burn run ${result.scenarioFile ?? result.scenarioName} --seed ${result.seed}`)
  return lines.join('\n')
}

function checkSuite(step: StepSlice, result: Result, stem: string): TestSuite {
  const cases = step.checks.map((check) => checkCase(check, result))
  return { name: `burn.checks.${result.scenarioName}.${step.name}`, classname: `${stem}.checks.${step.name}`, cases }
}

/** A check that failed now and then within the error budget of a passed run is told, not red. */
function checkCase(check: CheckCount, result: Result): TestCase {
  const made = check.passed + check.failed
  if (made === 0)
    return { name: check.check, seconds: 0, state: 'skipped', message: 'never made', text: 'the step never came to this check' }
  if (check.failed === 0) return { name: check.check, seconds: 0, state: 'passed', message: '', text: '' }
  const message = `${formatCount(check.failed)} of ${formatCount(made)} did not hold`
  const text = [message, ...check.samples.map((sample) => `observed: ${sample}`)].join('\n')
  const tolerated = check.countOnly || shownVerdict(result) === 'passed'
  return { name: check.check, seconds: 0, state: tolerated ? 'passed' : 'failure', message, text }
}

function validityCases(result: Result): TestCase[] {
  const { state, reasons } = result.validity
  const summary = reasons.map((reason) => `${reason.level}: ${reason.message}`).join('\n')
  return [
    {
      name: 'measurement is valid',
      seconds: 0,
      state: state === 'invalid' ? 'error' : 'passed',
      message: `measurement ${state}`,
      text: state === 'ok' ? '' : `measurement ${state}\n${summary}`.trimEnd(),
    },
    ...reasons.map(
      (reason): TestCase => ({
        name: reason.code,
        seconds: 0,
        state: reason.level === 'invalid' ? 'error' : 'passed',
        message: reason.message,
        text: `${reason.message}\n${reason.hint}`.trimEnd(),
      }),
    ),
  ]
}
