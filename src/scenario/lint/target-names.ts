/** The names of targets, to which steps and flows go. */

import { targetsOf } from '../compile/compile.ts'
import { E_TARGET } from '../problems/compile/E_TARGET.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { listAt, mapAt } from '../schema/written-steps.ts'
import { type LintSubject, stepsOf } from './subject.ts'

/** Returns the names of all targets of a scenario, also of those that could not be read. */
export function targetNames({ scenario, value }: LintSubject): string[] {
  return [...new Set([...Object.keys(targetsOf(scenario)), ...Object.keys(mapAt(value, ['targets']))])]
}

/** Returns a finding for each step and flow that names a target which is not there. */
export function targetNameFindings(subject: LintSubject): Finding[] {
  const { value, doubts } = subject
  const known = targetNames(subject)
  const flows = listAt(value, ['flows']).map((_, index): Path => ['flows', index])
  return [...stepsOf(subject).map(({ path }) => path), ...flows].flatMap((path) => {
    const { target } = mapAt(value, path)
    if (typeof target !== 'string' || known.includes(target) || known.length === 0 || doubts.mayBeNamed(target)) return []
    return [{ ...E_TARGET.unknown(target, known), path: [...path, 'target'], mark: 'value' as const }]
  })
}
