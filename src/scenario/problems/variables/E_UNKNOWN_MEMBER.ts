import { nearest } from '../../../language/suggest.ts'
import { unknownMember } from '../../lint/built-in.ts'
import { ownVariables, readsIn, reportRead } from '../../lint/reads.ts'
import { rule } from '../../lint/subject.ts'

/**
 * The lint rule (of `burn validate`) that reports a template or condition that reads a member which a built-in variable does not have, such as
 * `reply.body`.
 */
export const E_UNKNOWN_MEMBER = rule('E_UNKNOWN_MEMBER', (subject, report) => {
  for (const { use, isKnown } of readsIn(subject)) {
    if (!isKnown || ownVariables(subject).has(use.name) || subject.doubts.stands(use.name)) continue
    const unknown = unknownMember(use)
    if (unknown === undefined) continue
    const { owner, member, members } = unknown
    const near = nearest(member, members)
    const isSize = !use.inTemplate && member === 'length'
    const listed = members.length > 0 ? `${owner} has ${members.join(', ')}` : `${owner} is a value without members`
    const hint = isSize ? `write size(${owner})` : near === undefined ? listed : `did you mean ${owner}.${near}?`
    reportRead(report, use, owner.length + 1 + member.length, `${owner} has no member ${member}`, hint)
  }
})
