import { expect, test } from 'vitest'
import type { Problem } from '../../src/errors.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { brokenCases } from './broken-cases.ts'

const env = { SET: 'a value', EMPTY: '', CIPHER: 'encrypted:abc' }

const line = ({ line: at, column, endColumn, code, message, hint }: Problem) =>
  `${at}:${column}-${endColumn} ${code} ${message}${hint === undefined ? '' : `\n    hint: ${hint}`}`

test('every broken scenario is told what is wrong, where, and what to do', async () => {
  const told = brokenCases.map(([title, text, file = 'a.yaml']) => {
    const { problems } = validateScenario(text, file, { env })
    return `# ${title}\n${problems.map(line).join('\n')}\n`
  })
  await expect(told.join('\n')).toMatchFileSnapshot('./broken.expected.txt')
})

test.each(brokenCases.map(([title, text, file]) => [title, text, file] as const))(
  '%s: has a problem inside the file',
  (_, text, file = 'a.yaml') => {
    const { problems, scenario } = validateScenario(text, file, { env })
    expect(problems).not.toHaveLength(0)
    expect(scenario === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
    const lines = text.split('\n')
    for (const problem of problems) {
      expect(problem.file).toBe(file)
      const written = lines[problem.line - 1]
      expect(written).toBeDefined()
      expect(problem.column).toBeGreaterThanOrEqual(1)
      expect(problem.column).toBeLessThanOrEqual((written?.length ?? 0) + 1)
      expect(problem.endColumn).toBeGreaterThan(problem.column)
      expect(problem.frame.split('\n').length).toBeLessThanOrEqual(3)
      expect(problem.code).toMatch(problem.severity === 'error' ? /^E_/ : /^W_/)
    }
  },
)

test('a scenario that fits has no problems', () => {
  const text = 'name: t\ntarget: { url: http://127.0.0.1/ }\nsteps: [ { message: "{{vu}}" } ]\n'
  const { problems, scenario } = validateScenario(text, 'a.yaml', { env })
  expect(problems).toEqual([])
  expect(scenario?.name).toBe('t')
})
