/** Checks the `request:` blocks of steps, which must have the form of their target's protocol, and the `expect:` blocks. */
import { connectorNamed } from '../../connectors/index.ts'
import { conflictsIn } from '../../metrics/check/conflicts.ts'
import { isMap } from '../../text/json.ts'
import { protocolOf } from '../compile/target/preset.ts'
import { explain } from '../explain/explain.ts'
import { parseWith } from '../explain/parse-with.ts'
import { E_CHECK } from '../problems/values/E_CHECK.ts'
import type { Finding } from '../read/source/finding.ts'
import { listAt } from '../schema/written-steps.ts'
import { type LintSubject, stepsOf } from './subject.ts'
import { targetBlocks } from './targets.ts'

/**
 * Returns the errors in `request:` blocks that do not have the form which their target's protocol needs. Blocks that the schema of the scenario has
 * refused, and steps with an unknown target, are left out.
 */
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

const OF_TURNS = /^(not-)?duplicate-turn$/

/**
 * Returns an error for each `expect` check that compares a reply with the user's earlier replies, if the scenario keeps no earlier replies (`memory:
 * none`).
 */
export function turnFindings(subject: LintSubject): Finding[] {
  if (subject.scenario.conversation?.memory !== 'none') return []
  return stepsOf(subject).flatMap(({ step, path }) =>
    turnChecksIn(listAt(step, ['expect'])).map((at) => ({
      ...E_CHECK.refused(
        'no earlier answer is there to compare with: conversation.memory is none',
        'let users remember some turns, such as memory: { last: 10 }, or leave the check out',
      ),
      path: [...path, 'expect', ...at],
      mark: 'key' as const,
    })),
  )
}

/** Returns the paths of checks that compare with earlier replies, among the lines of an `expect` block or `assert-set`. */
function turnChecksIn(lines: readonly unknown[]): (string | number)[][] {
  return lines.flatMap((line, index) => {
    const keys = isMap(line) ? Object.keys(line).filter((key) => OF_TURNS.test(key === 'type' ? String(line[key]) : key)) : []
    const inSets = [['assert'], ['assert-set', 'assert']].flatMap((set) =>
      turnChecksIn(listAt(line, set)).map((at) => [...set, ...at]),
    )
    return [...keys.map((key) => [key]), ...inSets].map((at) => [index, ...at])
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
