import type { Use } from '../../compile/texts.ts'
import { membersOf } from '../../lint/built-in.ts'
import { ownVariables, readsIn, reportRead } from '../../lint/reads.ts'
import { type LintSubject, type ReportProblem, rule } from '../../lint/subject.ts'

/**
 * The lint rule (of `burn validate`) that reports a built-in variable with members, such as `iteration`, that is used like a single value, as in
 * `iteration % 7 == 0`.
 */
export const E_WHOLE_MAP = rule('E_WHOLE_MAP', (subject, report) =>
  reportMaps(subject, 'operand', report, 'a single value is needed here'),
)

/**
 * Reports each built-in variable with members, such as `iteration`, that is used where a single value is needed. `servesAs` says which uses are
 * looked for: as an operand, or as a piece of a text. `why` is the end of the message.
 */
export function reportMaps(subject: LintSubject, servesAs: Use['servesAs'], report: ReportProblem, why: string): void {
  for (const { use, isKnown } of readsIn(subject)) {
    const { name, rest } = use
    const members = use.servesAs !== servesAs || rest.length > 0 ? undefined : membersOf(name)
    if (members === undefined || !isKnown || ownVariables(subject).has(name) || subject.doubts.stands(name)) continue
    const whole = use.inTemplate ? ` ({{json ${name}}} writes all of it)` : ''
    const hint = `write ${name}.${members[0]}, or another of ${members.join(', ')}${whole}`
    reportRead(report, use, name.length, `${name} is a map, and ${why}`, hint)
  }
}
