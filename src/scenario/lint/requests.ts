/** The `request:` blocks of steps, each in the form of its target's protocol, and the `expect:` blocks. */
import { connectorNamed } from '../../connectors/index.ts'
import { conflictsIn } from '../../metrics/check/conflicts.ts'
import { protocolOf } from '../compile/target/preset.ts'
import { explain } from '../explain/explain.ts'
import { parseWith } from '../explain/parse-with.ts'
import { E_CHECK } from '../problems/values/E_CHECK.ts'
import type { Finding } from '../read/source/finding.ts'
import { listAt } from '../schema/written-steps.ts'
import { type LintSubject, stepsOf } from './subject.ts'
import { targetBlocks } from './targets.ts'

/** Returns an error for each `request:` block that does not have the keys which its target's protocol needs. */
export function requestFindings(subject: LintSubject): Finding[] {
  const targets = targetBlocks(subject)
  return stepsOf(subject).flatMap(({ step, path: owner, target: name }) => {
    const target = name === undefined ? targets[0] : targets.find((one) => one.name === name)
    if (step.request === undefined || target === undefined) return []
    const path = [...owner, 'request']
    const protocol = protocolOf(target.block)
    const schema = connectorNamed(protocol)?.request
    if (schema === undefined || subject.doubts.within(path)) return []
    return explain(parseWith(schema, step.request), schema, step.request).map((found) => ({
      ...found,
      path: [...path, ...found.path],
      hint: found.hint ?? `the target speaks ${protocol}`,
    }))
  })
}

/** Returns an error for each check that no reply can pass, alone or together with another check of its step. */
export function expectFindings(subject: LintSubject): Finding[] {
  return stepsOf(subject).flatMap(({ step, path }) =>
    conflictsIn(listAt(step, ['expect'])).map(({ path: at, message, hint }) => ({
      ...E_CHECK.refused(message, hint),
      path: [...path, 'expect', ...at],
      mark: 'value' as const,
    })),
  )
}
