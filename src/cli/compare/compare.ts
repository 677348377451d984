/** `burn compare`: is B better or worse than A? */

import type { Comparison } from '../../compare/comparison.ts'
import { APART } from '../../compare/metrics.ts'
import { EXIT, type ExitCode, UsageError } from '../../errors.ts'
import { comparisonFormats } from '../../report/comparison/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { renderOptionsFor } from '../output/console.ts'
import { appendStepSummary } from '../output/step-summary.ts'
import { type CompareFlags, choicesOf } from './flags.ts'
import { compareStored, runsAt } from './stored.ts'

/** Runs `burn compare` on what was named. Returns the exit code. @throws UsageError, InputError, LocalError */
export async function compareCommand(named: readonly string[], flags: CompareFlags): Promise<number> {
  const [a, b, ...more] = named
  if (a === undefined || b === undefined || more.length > 0)
    throw new UsageError(
      `${named.length} results are named: two are compared`,
      "burn compare BASE NEW; a pattern in quotes ('base-*') names a set of runs",
    )
  const outputs = flags.output === undefined ? undefined : openOutputs([flags.output])
  const sides = [runsAt(a), runsAt(b)] as const
  const comparison = compareStored(...sides, choicesOf(flags, APART))
  const text = comparisonFormats[flags.format](
    comparison,
    flags.output === undefined ? renderOptionsFor(process.stdout, flags.color) : FILE_OPTIONS,
  )
  if (flags.output === undefined) process.stdout.write(text)
  else await outputs?.write(flags.output, text)
  appendStepSummary(() => comparisonFormats.md(comparison))
  const isInvalid = sides.flat().some(({ result }) => result.validity.state === 'invalid')
  return isInvalid ? EXIT.notValid : exitOf(comparison, flags.strict === true)
}

/** The exit code that a comparison alone gives. */
export function exitOf({ verdict }: Comparison, strict: boolean): ExitCode {
  if (verdict === 'WORSE') return EXIT.verdictFailed
  return verdict === 'UNCLEAR' && strict ? EXIT.notValid : EXIT.ok
}
