import type { Problem } from '../../errors.ts'
import { mockSettings } from '../../mock/persona/settings.ts'
import { explain } from '../../scenario/explain/explain.ts'
import { parseWith } from '../../scenario/explain/parse-with.ts'
import { hasErrors, inOrder, toProblem } from '../../scenario/explain/problems.ts'
import { layeredLocator } from '../../scenario/layers/layers.ts'
import { judgeTargetPaths, mapAt, targetPaths } from '../../scenario/schema/written-steps.ts'
import type { Validated } from '../../scenario/validate.ts'

/**
 * Checks the `mock` blocks of targets, which the schema of scenarios does not cover, and returns the validated scenario with their problems added.
 */
export function withMockProblems(checked: Validated, file: string): Validated {
  const found = mockProblems(checked)
  if (found.length === 0) return checked
  const problems = inOrder([...checked.problems, ...found], file)
  return { ...checked, ...(hasErrors(problems) ? { scenario: undefined, plan: undefined } : {}), problems }
}

function mockProblems({ value, layers }: Validated): Problem[] {
  return [...targetPaths(value), ...judgeTargetPaths(value)].flatMap((target) => {
    const { url, mock } = mapAt(value, target)
    if (mock === undefined || typeof url !== 'string' || !url.startsWith('mock:')) return []
    const locate = layeredLocator(layers)
    return explain(parseWith(mockSettings, mock), mockSettings, mock).map((finding) =>
      toProblem({ ...finding, path: [...target, 'mock', ...finding.path] }, locate),
    )
  })
}
