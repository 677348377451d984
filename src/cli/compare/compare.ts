/** `burn compare`: is B better or worse than A? */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import type { Command } from 'commander'
import type { ComparedRun } from '../../compare/compared-run.ts'
import type { Comparison } from '../../compare/comparison.ts'
import { APART } from '../../compare/metrics.ts'
import { EXIT, type ExitCode, UsageError, worstExit } from '../../errors.ts'
import type { ComparedResults } from '../../report/comparison/html.ts'
import { comparisonFormats } from '../../report/comparison/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { renderOptionsFor } from '../output/console.ts'
import { appendStepSummary } from '../output/step-summary.ts'
import { compareStored, runsAt } from '../stored/stored-runs.ts'
import { type CompareFlags, choicesOf, type LiveFlags } from './flags.ts'

/** Runs `burn compare` on what was named: scenarios, or results. Returns the exit code. @throws UsageError, ScenarioError, InputError, LocalError */
export async function compareCommand(named: readonly string[], command: Command): Promise<number> {
  const flags = command.opts<LiveFlags>()
  const files = [...named, ...(flags.scenario ?? [])]
  const scenarios = files.filter(isScenario)
  if (scenarios.length > 0 && scenarios.length < files.length)
    throw new UsageError(`${scenarios[0]} is a scenario, and another argument is a result`, 'name two scenarios, or two results')
  const outputs = flags.output === undefined ? undefined : openOutputs([flags.output])
  const { comparison, codes, results } =
    scenarios.length === files.length ? await live(files, flags, command) : stored(files, flags, command)
  const look = flags.output === undefined ? renderOptionsFor(process.stdout, flags.color) : FILE_OPTIONS
  const text = comparisonFormats[flags.format](comparison, look, results)
  if (flags.output === undefined) process.stdout.write(text)
  else await outputs?.write(flags.output, text)
  appendStepSummary(() => comparisonFormats.md(comparison))
  return worstExit([...codes, exitOf(comparison, flags.strict === true)])
}

interface Compared {
  readonly comparison: Comparison
  readonly codes: readonly ExitCode[]
  readonly results: ComparedResults
}

async function live(files: readonly string[], flags: LiveFlags, command: Command): Promise<Compared> {
  const { compareLive } = await import('./live.ts')
  const { comparison, codes, folder, results } = await compareLive(files, flags, command)
  if (!flags.quiet) process.stderr.write(`results and comparison: ${folder}\n`)
  return { comparison, codes, results }
}

/** Flags that have no meaning for results that are there already. */
const LIVE_ONLY = [
  'mode',
  'against',
  'salt',
  'untilDecided',
  'coolDown',
  'target',
  'duration',
  'rate',
  'connections',
  'iterations',
] as const

function stored(named: readonly string[], flags: CompareFlags, command: Command): Compared {
  const [a, b, ...more] = named
  if (a === undefined || b === undefined || more.length > 0)
    throw new UsageError(
      `${named.length} results are named: two are compared`,
      "burn compare BASE NEW; a pattern in quotes ('base-*') names a set of runs",
    )
  const live = LIVE_ONLY.find((name) => command.getOptionValueSource(name) === 'cli')
  if (live !== undefined) {
    const option = command.options.find((one) => one.attributeName() === live)
    throw new UsageError(`${option?.long}: for scenarios, which are run; ${a} is a result`)
  }
  const sides = [runsAt(a), runsAt(b)] as const
  const comparison = compareStored(...sides, choicesOf({ seed: seedOf(...sides), ...flags }, APART))
  const resultsOf = (side: (typeof sides)[number]) => side.map(({ result }) => result)
  const isInvalid = sides.flat().some(({ result }) => result.validity.state === 'invalid')
  const results = { a: resultsOf(sides[0]), b: resultsOf(sides[1]) }
  return { comparison, codes: isInvalid ? [EXIT.notValid] : [], results }
}

/** The seed of a comparison of stored results: the same results give the same comparison. */
const seedOf = (a: readonly ComparedRun[], b: readonly ComparedRun[]) =>
  [...a, ...b]
    .map(({ result }) => result.runId)
    .join('-')
    .slice(0, 100)

/** Whether a path is a scenario, to be run, and not a result: YAML, or JSON without what every result has. */
function isScenario(path: string): boolean {
  if (/^\.ya?ml$/i.test(extname(path))) return true
  if (extname(path).toLowerCase() !== '.json' || !existsSync(path) || !statSync(path).isFile()) return false
  const text = readFileSync(path, 'utf8')
  return !/"schemaVersion"\s*:/.test(text) && /"(?:steps|flows|extends|target|targets)"\s*:/.test(text)
}

/** The exit code that a comparison alone gives. */
export function exitOf({ verdict }: Pick<Comparison, 'verdict'>, strict: boolean): ExitCode {
  if (verdict === 'WORSE') return EXIT.verdictFailed
  return verdict === 'UNCLEAR' && strict ? EXIT.notValid : EXIT.ok
}
