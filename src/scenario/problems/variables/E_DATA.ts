import { checkFeeder } from '../../../data/index.ts'
import { disorderText } from '../../../load/trace/facts.ts'
import { DataError } from '../../../records/file.ts'
import { buildLoad } from '../../compile/phases.ts'
import { baseDirOf } from '../../lint/files.ts'
import { type LintSubject, perScenario, type ReportProblem, rule } from '../../lint/subject.ts'
import { listAt } from '../../schema/written-steps.ts'

/**
 * Returns, for each data file (`data:`) of a scenario, its columns and the problems found in it. Only the first 100 rows of a file are checked; of a
 * JSON list, all rows are read.
 */
export const checkedFeeders = perScenario(({ scenario, locate }) =>
  Object.entries(scenario.data ?? {}).map(([name, spec]) => ({ name, ...checkFeeder(spec, baseDirOf(locate.file)) })),
)

/** Reports the errors or the warnings (as `kind` says) about the data files of a scenario; `report` is called for each. */
export function reportFeeders(subject: LintSubject, kind: 'error' | 'warning', report: ReportProblem): void {
  for (const { name, problems } of checkedFeeders(subject))
    for (const { severity, key, message, hint } of problems)
      if (severity === kind) report(['data', name, key], key === 'file' ? 'value' : 'key', message, hint)
}

/** A problem with the file of a trace, in words. */
interface TraceProblem {
  /** Index of the load phase that replays the trace. */
  readonly phase: number
  readonly severity: 'error' | 'warning'
  readonly message: string
  readonly hint: string | undefined
}

/** Reads the traces of a scenario, and returns the problems with their files. */
const traceProblems = perScenario(({ scenario: { load = [] }, value, locate }): readonly TraceProblem[] => {
  // Phases that do not fit the schema are missing in the scenario; traces are read only when all phases fit.
  if (load.length !== listAt(value, ['load']).length) return []
  return load.flatMap((block, phase): TraceProblem[] => {
    if (block.fields.trace === undefined) return []
    try {
      const built = buildLoad(block, { users: 0, ratePerSecond: 0 }, baseDirOf(locate.file))
      const facts = built.model === 'open' ? built.trace?.facts : undefined
      if (!facts || facts.disorder.turns === 0) return []
      const message = `${facts.file}: ${disorderText(facts.disorder)}`
      return [{ phase, severity: 'warning', message, hint: 'they are played in the order of their times' }]
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      return [{ phase, severity: 'error', message: error.message, hint: error.hint }]
    }
  })
})

/**
 * Reports the errors or the warnings (as `kind` says) about the traces of a scenario, which are files with arrival times that a load phase replays;
 * `report` is called for each.
 */
export function reportTraces(subject: LintSubject, kind: 'error' | 'warning', report: ReportProblem): void {
  for (const { phase, severity, message, hint } of traceProblems(subject))
    if (severity === kind) report(['load', phase, 'trace'], 'value', message, hint)
}

/** The lint rule (of `burn validate`) that reports a data file, or a trace (a file with arrival times), that cannot be read or used. */
export const E_DATA = rule('E_DATA', (subject, report) => {
  reportFeeders(subject, 'error', report)
  reportTraces(subject, 'error', report)
})
