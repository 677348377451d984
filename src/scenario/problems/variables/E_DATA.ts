import { checkFeeder } from '../../../data/index.ts'
import { baseDirOf } from '../../lint/files.ts'
import { type LintSubject, perScenario, type ReportProblem, rule } from '../../lint/subject.ts'

/** Returns the columns and the problems of each data file of a scenario, as far as the first rows of the file show them. */
export const checkedFeeders = perScenario(({ scenario, locate }) =>
  Object.entries(scenario.data ?? {}).map(([name, spec]) => ({ name, ...checkFeeder(spec, baseDirOf(locate.file)) })),
)

/** Reports the problems with the data files of a scenario: either the errors or the warnings, as `kind` says. */
export function reportFeeders(subject: LintSubject, kind: 'error' | 'warning', report: ReportProblem): void {
  for (const { name, problems } of checkedFeeders(subject))
    for (const { severity, key, message, hint } of problems)
      if (severity === kind) report(['data', name, key], key === 'file' ? 'value' : 'key', message, hint)
}

/** The rule that reports a data file that cannot be read or used. Its message is written by the reader of data files. */
export const E_DATA = rule('E_DATA', (subject, report) => reportFeeders(subject, 'error', report))
