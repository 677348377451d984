/** The command `burn compare`, which finds out whether B is better or worse than A. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { extname } from 'node:path'
import type { Command } from 'commander'
import type { Comparison } from '../../compare/comparison.ts'
import { EXIT, type ExitCode, UsageError, worstExit } from '../../errors.ts'
import { comparisonFormats } from '../../report/comparison/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { renderOptionsFor } from '../output/console.ts'
import { note } from '../output/notes.ts'
import { appendStepSummary } from '../output/step-summary.ts'
import type { CompareFlags, LiveFlags } from './flags.ts'
import { type FoundComparison, storedComparison } from './stored.ts'

/**
 * Runs `burn compare`: compares the named results, or runs the named scenarios and compares their runs. Returns the exit code. @throws UsageError,
 * ScenarioError, InputError, LocalError
 */
export async function compareCommand(named: readonly string[], command: Command): Promise<number> {
  const flags = command.opts<LiveFlags>()
  const files = [...named, ...(flags.scenario ?? [])]
  const scenarios = files.filter(isScenario)
  if (scenarios.length > 0 && scenarios.length < files.length)
    throw new UsageError(`${scenarios[0]} is a scenario, and another argument is a result`, 'name two scenarios, or two results')
  if (flags.session !== undefined) return await sessions(scenarios, files, command)
  const outputs = flags.output === undefined ? undefined : openOutputs([flags.output])
  const { comparison, codes, results } =
    scenarios.length === files.length ? await live(files, flags, command) : storedComparison(files, flags, command)
  if (!comparison) {
    process.stderr.write('burn: stopped before both sides had run: nothing is compared\n')
    return worstExit(codes)
  }
  const look = flags.output === undefined ? renderOptionsFor(process.stdout, flags.color) : FILE_OPTIONS
  const stored = comparison.mode === 'stored' && flags.format === 'html'
  const pairs = stored ? (await import('../report/conversations/pairs.ts')).pairsOf({ path: '', comparison }, results) : {}
  const text = comparisonFormats[flags.format](comparison, look, { ...results, ...pairs })
  if (flags.output === undefined) process.stdout.write(text)
  else await outputs?.write(flags.output, text)
  await appendStepSummary(() => comparisonFormats.md(comparison))
  if (codes.includes(EXIT.notValid)) note('the measurement is not valid: this verdict must not be used')
  return worstExit([...codes, exitOf(comparison, flags.strict === true)])
}

/** The options that go with `--session`; the others are about a verdict, or about runs to be made. */
const WITH_SESSION: readonly string[] = ['session', 'format', 'output', 'color']

async function sessions(scenarios: readonly string[], files: readonly string[], command: Command): Promise<ExitCode> {
  if (scenarios.length > 0) throw new UsageError(`--session is for two runs, and ${scenarios[0]} is a scenario`)
  const other = command.options.find((option) => {
    const name = option.attributeName()
    return !WITH_SESSION.includes(name) && command.getOptionValueSource(name) === 'cli'
  })
  if (other !== undefined)
    throw new UsageError(
      `${other.long} does not go with --session, which has no verdict`,
      `leave out ${other.long}, or --session`,
    )
  return (await import('./two-sessions.ts')).compareSessions(files, command.opts<CompareFlags>())
}

async function live(files: readonly string[], flags: LiveFlags, command: Command): Promise<FoundComparison> {
  const { compareLive } = await import('./live.ts')
  const { comparison, codes, folder, results } = await compareLive(files, flags, command)
  if (!flags.quiet) process.stderr.write(`results and comparison: ${folder}\n`)
  return { comparison, codes, results }
}

/** True when a path is a scenario to be run, not a stored result: YAML, or JSON without the keys of a result. */
function isScenario(path: string): boolean {
  if (/^\.ya?ml$/i.test(extname(path))) return true
  if (extname(path).toLowerCase() !== '.json' || !existsSync(path) || !statSync(path).isFile()) return false
  const text = readFileSync(path, 'utf8')
  return !/"schemaVersion"\s*:/.test(text) && /"(?:steps|flows|extends|target|targets)"\s*:/.test(text)
}

/** Returns the exit code for the verdict of a comparison, without regard to how the runs ended. */
function exitOf({ verdict }: Pick<Comparison, 'verdict'>, strict: boolean): ExitCode {
  if (verdict === 'WORSE') return EXIT.verdictFailed
  return verdict === 'UNCLEAR' && strict ? EXIT.notValid : EXIT.ok
}
