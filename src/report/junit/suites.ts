/**
 * Makes the JUnit test cases of a result: run, thresholds, checks, validity. A run that did not pass always has a red case. Each cause turns exactly
 * one case red; its consequences are `skipped` and point to the cause. Doubts about a run that passed are `skipped` too, because CI pages show the
 * text of skipped cases but not of passed ones.
 */

import type { CheckCount, Result, StepMetrics, ThresholdResult, Verdict } from '../../result/schema.ts'
import { terminalSafe } from '../../text/escape.ts'
import { connectionsMatter, connectionsText } from '../console/connections.ts'
import { byCount, hintText } from '../console/errors.ts'
import { boundText } from '../console/thresholds.ts'
import { attemptsText } from '../console/totals.ts'
import { warningsOf } from '../console/warnings.ts'
import { formatCount, formatValue } from '../text/format.ts'
import { shownVerdict, verdictWord } from '../text/verdict.ts'
import { comparisonCases } from './compared-cases.ts'
import type { CaseState, TestCase, TestSuite } from './xml.ts'

/** The longest sample of an error message in a test case, in characters, so that the list of errors stays readable. */
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

/**
 * Returns the JUnit test suites for a result; suites without a test case are left out. `stem` is the beginning of their class names, such as the
 * scenario file's name without folder and extension.
 */
export function suitesOf(result: Result, stem: string): TestSuite[] {
  const suites: TestSuite[] = [
    { name: 'burn.run', classname: `${stem}.run`, cases: runCases(result) },
    { name: 'burn.thresholds', classname: `${stem}.thresholds`, cases: result.thresholds.map((t) => thresholdCase(t, result)) },
    { name: 'burn.baseline', classname: `${stem}.baseline`, cases: baselineCases(result) },
    ...result.steps.map((step) => checkSuite(step, result, stem)),
    { name: 'burn.validity', classname: `${stem}.validity`, cases: validityCases(result) },
  ]
  return suites.filter((suite) => suite.cases.length > 0)
}

/** Returns a test case for each metric of the comparison with a baseline that decides its verdict; empty without a baseline. */
function baselineCases({ baseline }: Result): TestCase[] {
  return baseline ? comparisonCases(baseline) : []
}

function runCases(result: Result): TestCase[] {
  const { counts } = result.total
  const text = `${verdictWord(shownVerdict(result))}: ${result.reason}\n${attemptsText(result)}\n${sideText(result)}`.trimEnd()
  if (shownVerdict(result) === 'incomplete') return [verdictCase(result, false, text), ...casesOfKilled(result)]
  const sent = mustHold(SENT, counts.started > 0, 'no request was made', attemptsText(result))
  const redThreshold = result.thresholds.map((threshold) => thresholdCase(threshold, result)).some(isRed)
  const follow =
    counts.started === 0 ? 'no request was made' : redThreshold && counts.ok === 0 ? 'none did: see the thresholds' : undefined
  const succeeded =
    follow === undefined
      ? mustHold(SUCCEEDED, counts.ok > 0, 'no attempt succeeded', text)
      : follows(SUCCEEDED, follow, counts.started === 0 ? '' : text)
  const isExplained = redThreshold || [sent, succeeded, ...baselineCases(result), ...validityCases(result)].some(isRed)
  return [verdictCase(result, isExplained, text), sent, succeeded]
}

/** Returns the cases of a killed run. Those that were met by its last checkpoint pass; the others are skipped, because nobody knows. */
function casesOfKilled(result: Result): TestCase[] {
  const { started, ok } = result.total.counts
  const cases = [
    [SENT, started],
    [SUCCEEDED, ok],
  ] as const
  return cases.map(([name, count]) =>
    count > 0 ? mustHold(name, true, '', '') : follows(name, 'not known: the run was killed', attemptsText(result)),
  )
}

const SENT = 'requests were made'
const SUCCEEDED = 'at least one attempt succeeded'
const isRed = ({ state }: TestCase) => state === 'failure' || state === 'error'

/** The verdicts that other test cases explain, so that the case of the verdict is not red as well. An aborted or incomplete run has no other case. */
const EXPLAINED: ReadonlySet<Verdict> = new Set(['failed', 'invalid', 'could_not_test'])

/** Returns the test case of the verdict: red when no other case explains the verdict, otherwise skipped. */
function verdictCase(result: Result, isExplained: boolean, text: string): TestCase {
  const verdict = shownVerdict(result)
  const state = VERDICT_STATE[verdict]
  const own = { name: 'verdict', seconds: result.durationMs / 1000, state, message: result.reason, text }
  if (!isExplained || !EXPLAINED.has(verdict)) return own
  return { ...own, state: 'skipped', message: `${verdictWord(verdict)}: the cases that failed say why` }
}

/** Returns a skipped test case whose message points to the case with the cause. */
function follows(name: string, message: string, text: string): TestCase {
  return { name, seconds: 0, state: 'skipped', message, text }
}

function mustHold(name: string, holds: boolean, message: string, text: string): TestCase {
  return { name, seconds: 0, state: holds ? 'passed' : 'failure', message, text: holds ? '' : `${message}\n${text}` }
}

/** Returns errors, warnings and connections as text for the test case of the verdict. */
function sideText(result: Result): string {
  const warnings = warningsOf(result).map(
    ({ name, count, text }) => `warning: ${formatCount(count)}x ${name}${text === '' ? '' : `: ${text}`}`,
  )
  const connections = connectionsMatter(result) ? [`connections: ${connectionsText(result.connectionMetrics)}`] : []
  return [errorText(result), ...warnings, ...connections].filter((part) => part !== '').join('\n')
}

/** Returns the ten most frequent errors as text, one line for each, with hints. */
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

/** Returns the state of a threshold's test case. A threshold of severity `warn` is never red; one without samples is a failure, not a pass. */
function thresholdState({ state, severity }: ThresholdResult): CaseState {
  if (state === 'skipped') return 'skipped'
  return state === 'passed' || severity === 'warn' ? 'passed' : 'failure'
}

function thresholdText(threshold: ThresholdResult, result: Result): string {
  const observed = threshold.state === 'no_samples' ? 'no samples' : formatValue(threshold.observed, threshold.unit)
  const lines = [
    `${threshold.threshold}: ${threshold.state.replace('_', ' ')}, observed ${observed}${boundText(threshold)}, limit ${formatValue(threshold.limit, threshold.unit)}, ${formatCount(threshold.samples)} samples`,
  ]
  if (threshold.severity === 'warn') lines.push('severity: warn')
  if (threshold.fewSamples) lines.push('few samples: fewer than 10 lie above this percentile')
  if (threshold.reason !== undefined) lines.push(threshold.reason)
  const worst = threshold.worstWindow
  if (worst) lines.push(`worst window: ${(worst.fromMs / 1000).toFixed(1)} s to ${(worst.toMs / 1000).toFixed(1)} s`)
  if (threshold.state !== 'passed' && isOnChecks(threshold)) lines.push(...failedChecks(result))
  if (threshold.state !== 'passed')
    lines.push(`run again: burn run ${result.scenarioFile ?? result.scenarioName} --seed ${result.seed}`)
  return lines.join('\n')
}

function checkSuite(step: StepMetrics, result: Result, stem: string): TestSuite {
  const cases = step.checks.map((check) => checkCase(check, result))
  return { name: `burn.checks.${result.scenarioName}.${step.name}`, classname: `${stem}.checks.${step.name}`, cases }
}

const isOnChecks = ({ threshold }: ThresholdResult) => /^checks\b/.test(threshold)

/** Returns one line for each check that failed, for the text of a threshold on checks. */
function failedChecks({ steps }: Result): string[] {
  return steps.flatMap(({ name, checks }) =>
    checks
      .filter(({ failed, countOnly }) => failed > 0 && !countOnly)
      .map((check) => `${name}: ${check.check}: ${missedText(check)}`),
  )
}

const missedText = ({ passed, failed }: CheckCount) => `${formatCount(failed)} of ${formatCount(passed + failed)} failed`

/**
 * Returns the test case of one check. It is never red, because the threshold on checks decides; a failed check is skipped when that threshold failed.
 */
function checkCase(check: CheckCount, result: Result): TestCase {
  if (check.passed + check.failed === 0) return follows(check.check, 'never evaluated', 'no reply of the step reached this check')
  if (check.failed === 0) return { name: check.check, seconds: 0, state: 'passed', message: '', text: '' }
  const message = missedText(check)
  const text = [message, ...check.samples.map((sample) => `observed: ${sample}`)].join('\n')
  const byThreshold =
    !check.countOnly && result.thresholds.some((threshold) => isOnChecks(threshold) && thresholdState(threshold) === 'failure')
  return { name: check.check, seconds: 0, state: byThreshold ? 'skipped' : 'passed', message, text }
}

/** Returns one test case for validity with all its reasons, since they usually have the same cause: the machine that generated the load. */
function validityCases({ validity: { state, reasons } }: Result): TestCase[] {
  const said = reasons.flatMap(({ level, message, hint }) => [`${level}: ${message}`, ...(hint === '' ? [] : [hint])])
  return [
    {
      name: 'measurement is valid',
      seconds: 0,
      state: ({ ok: 'passed', degraded: 'skipped', invalid: 'error' } as const)[state],
      message: [`measurement ${state}`, ...reasons.map(({ message }) => message)].slice(0, 2).join(': '),
      text: state === 'ok' ? '' : [`measurement ${state}`, ...said].join('\n'),
    },
  ]
}
