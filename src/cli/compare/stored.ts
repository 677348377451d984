/** Compares stored results for `burn compare`. */
import type { Command } from 'commander'
import type { ComparedRun } from '../../compare/compared-run.ts'
import type { Comparison } from '../../compare/comparison.ts'
import { APART } from '../../compare/metrics.ts'
import { EXIT, type ExitCode, UsageError } from '../../errors.ts'
import type { ComparedResults } from '../../report/comparison/html.ts'
import { compareStored, refuseSources, runsAt } from '../stored/stored-runs.ts'
import { type CompareFlags, choicesOf } from './flags.ts'

/**
 * What `burn compare` has found: the comparison, the results that it compares, and the exit codes of those runs that were invalid or could not test
 * the target. If one of these codes is worse than that of the comparison, the command exits with it.
 */
export interface FoundComparison {
  /** The comparison; undefined when a signal ended the command before both sides had run. */
  readonly comparison: Comparison | undefined
  readonly codes: readonly ExitCode[]
  readonly results: ComparedResults
}

/** Flags of `burn compare` that are refused for stored results, because they change how scenarios are run. */
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

/** Compares the stored results that the command line names. @throws UsageError, InputError */
export function storedComparison(named: readonly string[], flags: CompareFlags, command: Command): FoundComparison {
  const [a, b, ...more] = named
  if (a === undefined || b === undefined || more.length > 0)
    throw new UsageError(
      `${named.length} ${named.length === 1 ? 'result is' : 'results are'} named: two are compared`,
      "burn compare BASE NEW; a pattern in quotes ('base-*') names a set of runs",
    )
  const live = LIVE_ONLY.find((name) => command.getOptionValueSource(name) === 'cli')
  if (live !== undefined) {
    const option = command.options.find((one) => one.attributeName() === live)
    throw new UsageError(`${option?.long}: for scenarios, which are run; ${a} is a result`)
  }
  if (flags.output !== undefined) refuseSources(flags.output, [a, b])
  const sides = [runsAt(a), runsAt(b)] as const
  const comparison = compareStored(...sides, choicesOf({ seed: seedOf(...sides), ...flags }, APART))
  const resultsOf = (side: (typeof sides)[number]) => side.map(({ result }) => result)
  const codes = sides
    .flat()
    .flatMap(({ result }) => result.exitCodes.filter((code) => code === EXIT.couldNotTest || code === EXIT.notValid))
  const results = { a: resultsOf(sides[0]), b: resultsOf(sides[1]) }
  return { comparison, codes, results }
}

/** Returns the default seed for comparing stored results. It follows from their runs, so that the same results always give the same comparison. */
const seedOf = (a: readonly ComparedRun[], b: readonly ComparedRun[]) =>
  [...a, ...b]
    .map(({ result }) => result.runId)
    .join('-')
    .slice(0, 100)
