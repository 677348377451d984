import { checkFeeder } from '../../../data/index.ts'
import { baseDirOf } from '../../lint/files.ts'
import { type LintSubject, perScenario, type ReportProblem, rule } from '../../lint/subject.ts'

/** Returns what the beginning of each data file shows: its columns, and what is wrong with it. */
export const checkedFeeders = perScenario(({ scenario, locate }) =>
  Object.entries(scenario.data ?? {}).map(([name, spec]) => ({ name, ...checkFeeder(spec, baseDirOf(locate.file)) })),
)

/** Reports the errors, or the warnings, about the data files of a scenario. */
export function reportFeeders(subject: LintSubject, kind: 'error' | 'warning', report: ReportProblem): void {
  for (const { name, problems } of checkedFeeders(subject))
    for (const { severity, key, message, hint } of problems)
      if (severity === kind) report(['data', name, key], key === 'file' ? 'value' : 'key', message, hint)
}

/** A data file that cannot be read or used. The words come from the reader of data files. */
export const E_DATA = rule('E_DATA', (subject, report) => reportFeeders(subject, 'error', report))
