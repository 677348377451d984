import { membersOf } from '../../lint/built-in.ts'
import { ownVariables, readsIn, reportRead } from '../../lint/reads.ts'
import { rule } from '../../lint/subject.ts'

/**
 * The lint rule (of `burn validate`) that reports a built-in variable with members, such as `iteration`, that stands where a text, a number, or true or
 * false is needed, as in `iteration % 7 == 0`.
 */
export const E_WHOLE_MAP = rule('E_WHOLE_MAP', (subject, report) => {
  for (const { use, isKnown } of readsIn(subject)) {
    const { name, rest, servesAs } = use
    const members = servesAs === undefined || rest.length > 0 ? undefined : membersOf(name)
    if (members === undefined || !isKnown || ownVariables(subject).has(name) || subject.doubts.stands(name)) continue
    const needed = servesAs === 'text' ? 'a text' : 'a single value'
    const whole = use.inTemplate ? ` ({{json ${name}}} writes all of it)` : ''
    const hint = `write ${name}.${members[0]}, or another of ${members.join(', ')}${whole}`
    reportRead(report, use, name.length, `${name} is a map, and ${needed} is needed here`, hint)
  }
})
