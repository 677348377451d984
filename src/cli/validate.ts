/** The command `burn validate`, which reports all problems of all files at once, without sending anything. */
import { resolve } from 'node:path'
import { EXIT, type Problem, UsageError } from '../errors.ts'
import { traceLines } from '../load/trace/facts.ts'
import { toProblem } from '../scenario/explain/problems.ts'
import { layeredLocator } from '../scenario/layers/layers.ts'
import { NOTHING, type Validated } from '../scenario/validate.ts'
import { atTop, isForeign } from './load/foreign.ts'
import { expandPatterns, refuseUnmatched } from './load/named-files.ts'
import { wantsColor } from './output/console.ts'
import { keepSecret, knownSecrets, namesIn, secretsIn, secretValues } from './output/known-secrets.ts'
import { formatProblems, type ProblemFormat, worstFirst } from './output/problems.ts'
import { appendStepSummary, problemsTable } from './output/step-summary.ts'
import { isSuite } from './suite/file/is-suite.ts'
import { type LoadingFlags, validated } from './validate/as-loaded.ts'
import type { ReplySample } from './validate/reading.ts'

/** The values of the flags of `burn validate`. */
interface ValidateFlags extends LoadingFlags {
  /** The format in which problems are printed; undefined for text, or for annotations in a GitHub workflow. */
  readonly format?: string
  readonly strict?: boolean
  readonly quiet?: boolean
  /** The path of a file with a sample reply to check the scenario against; `target` and `step` say to what it is the reply. */
  readonly sample?: string
  readonly target?: string
  readonly step?: string
}

/** What `burn validate` reports about one file: its problems, and the findings in a sample reply. */
interface Checked {
  readonly problems: readonly Problem[]
  /** The findings in the sample reply as lines for people. */
  readonly lines: readonly string[]
  /** The findings in the sample reply as data for programs. */
  readonly samples: readonly unknown[]
}

/**
 * Runs `burn validate`. Returns 2 for errors (with --strict also for warnings), else 0. @throws UsageError for a file pattern that matches nothing
 */
export async function validateCommand(patterns: readonly string[], flags: ValidateFlags): Promise<number> {
  const { files: named, unmatched } = expandPatterns(patterns)
  if (named.length === 0) refuseUnmatched(unmatched)
  const files = [...Map.groupBy(named, (file) => (file === '-' ? file : resolve(file))).values()].map(([first = '']) => first)
  const sample = await sampleOf(flags)
  const checked: Checked[] = []
  for (const file of files) {
    const found = isSuite(file) ? await suiteChecked(file, flags) : validated(file, flags)
    for (const one of found) checked.push(await checkOne(file, one, flags, sample))
  }
  const problems = checked.flatMap((one) => one.problems)
  // The cast is safe: commander accepts only these formats.
  const format = (flags.format ?? usualFormat()) as ProblemFormat
  const samples = sample ? { samples: checked.flatMap((one) => one.samples) } : {}
  const text = formatProblems(problems, format, { color: wantsColor(process.stdout, true), ...samples })
  const lines = format === 'text' && !flags.quiet ? checked.flatMap((one) => one.lines) : []
  const blocks = [text, lines.join('\n')].filter((block) => block !== '')
  if (blocks.length > 0) process.stdout.write(`${blocks.join('\n\n').trimEnd()}\n`)
  const failing = problems.filter(({ severity }) => severity === 'error' || (flags.strict === true && severity === 'warning'))
  if (!flags.quiet && format === 'text') process.stderr.write(`${summary(files.length, problems)}\n${pointer(problems)}`)
  refuseUnmatched(unmatched)
  await appendStepSummary(() => problemsTable(summary(files.length, problems), problems))
  return failing.length > 0 ? EXIT.usage : EXIT.ok
}

/** Returns the default format: GitHub annotations in a GitHub workflow without a terminal, otherwise text. */
function usualFormat(): ProblemFormat {
  return process.env.GITHUB_ACTIONS === 'true' && !process.stdout.isTTY ? 'github' : 'text'
}

/** Returns the problems of a suite, and of every scenario in it as its tests load it. The code for suites is loaded only here. */
async function suiteChecked(file: string, flags: ValidateFlags): Promise<Validated[]> {
  const { suiteProblems } = await import('./suite/check.ts')
  return [{ ...NOTHING, problems: suiteProblems(file, flags) }]
}

async function sampleOf({ sample, target, step }: ValidateFlags): Promise<ReplySample | undefined> {
  if (sample !== undefined) return (await import('./validate/reading.ts')).readSample(sample)
  const flag = step === undefined ? 'target' : 'step'
  if (target !== undefined || step !== undefined)
    throw new UsageError(`--${flag} says whose reply --sample is: there is no --sample`)
  return undefined
}

async function checkOne(
  file: string,
  checked: Validated,
  flags: ValidateFlags,
  sample: ReplySample | undefined,
): Promise<Checked> {
  keepSecret([...secretValues(checked.envUsed), ...secretsIn(checked.value)], namesIn(checked.value))
  const more = sample && checked.scenario ? await checkSample(file, checked, sample, flags) : undefined
  const { problems, lines = [], samples = [] } = { ...more, problems: [...checked.problems, ...(more?.problems ?? [])] }
  const ofTraces = tracesOf(checked).flatMap(traceLines)
  // The cast is safe: redaction keeps the shape of plain data.
  return {
    problems: knownSecrets.redactValue(problems) as Problem[],
    lines: [...ofTraces, ...lines].map((line) => knownSecrets.redact(line)),
    samples: knownSecrets.redactValue(samples) as unknown[],
  }
}

/** Returns the facts about the traces that a scenario plays, such as their number of requests. */
function tracesOf({ plan }: Validated) {
  return (plan?.phases ?? []).flatMap(({ load }) => (load.model === 'open' && load.trace ? [load.trace.facts] : []))
}

async function checkSample(file: string, checked: Validated, sample: ReplySample, flags: ValidateFlags): Promise<Checked> {
  const [{ readingsOf }, { sampleFindings, sampleJson, sampleLines }] = await Promise.all([
    import('./validate/sample.ts'),
    import('./validate/sample-view.ts'),
  ])
  const readings = readingsOf(checked, sample, flags)
  const locate = layeredLocator(checked.layers)
  const found = readings.flatMap((reading) => sampleFindings(reading, sample)).map((finding) => toProblem(finding, locate))
  return {
    problems: isForeign(checked.problems) ? found.map(atTop) : found,
    lines: readings.flatMap((reading) => [...sampleLines(reading, sample, file), '']),
    samples: readings.map((reading) => sampleJson(reading, file)),
  }
}

/** Returns a line that says how to read more about the worst problem (the first one of its severity); '' when there are only notes. */
function pointer(problems: readonly Problem[]): string {
  const [worst] = worstFirst(problems)
  return worst === undefined || worst.severity === 'note' ? '' : `\`burn explain ${worst.code}\` says more\n`
}

function summary(files: number, problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  const warnings = problems.filter((problem) => problem.severity === 'warning').length
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${count(files, 'file')}: ${errors === 0 && warnings === 0 ? 'no problems' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`}`
}
