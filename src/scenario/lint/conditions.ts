/** The conditions of a scenario, wherever they stand. */
import { compileExpression, ExpressionError, type NameUse } from '../../language/expression/expression.ts'
import type { Path } from '../read/source/source.ts'
import { allSteps, listAt, mapAt } from '../schema/written-steps.ts'

/** A condition as it is written. */
interface WrittenCondition {
  readonly source: string
  readonly path: Path
}

/** Every condition; one that a template makes is not known before a run. */
export function conditionsIn(value: unknown): WrittenCondition[] {
  const found = allSteps(value).flatMap(({ step, path }) => [
    { source: step.if, path: [...path, 'if'] },
    { source: mapAt(step.loop, []).while, path: [...path, 'loop', 'while'] },
    ...listAt(step.expect, []).map((item, index) => ({
      source: mapAt(item, []).expression,
      path: [...path, 'expect', index, 'expression'],
    })),
  ])
  return found.flatMap(({ source, path }) => (typeof source === 'string' && !source.includes('{{') ? [{ source, path }] : []))
}

/** What a condition reads; nothing of one that cannot be compiled. */
export function conditionUses(source: string): readonly NameUse[] {
  try {
    return compileExpression(source).uses
  } catch (error) {
    if (error instanceof ExpressionError) return []
    throw error
  }
}
