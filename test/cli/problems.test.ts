import { expect, test } from 'vitest'
import { formatProblems } from '../../src/cli/output/problems.ts'
import type { Problem } from '../../src/errors.ts'

const problem = (line: number, more: Partial<Problem> = {}): Problem => ({
  code: 'E_UNKNOWN_KEY',
  severity: 'error',
  file: 'load/a.yaml',
  line,
  column: 5,
  endColumn: 11,
  path: 'steps.0.mesage',
  message: 'unknown key "mesage"',
  hint: 'did you mean message?',
  frame: `${line} |   - mesage: hi\n  |     ^^^^^^`,
  ...more,
})

const warning = (line: number) => problem(line, { code: 'W_LONG_RUN', severity: 'warning', message: 'long' })
const plain = { color: false }

test('text has the place, the code, the frame and the hint', () => {
  expect(formatProblems([problem(3)], 'text', plain)).toBe(
    'load/a.yaml:3:5: error E_UNKNOWN_KEY unknown key "mesage"\n  3 |   - mesage: hi\n    |     ^^^^^^\n  hint: did you mean message?',
  )
})

test('colour is there only when it is asked for', () => {
  const sequence = '\u001b['
  expect(formatProblems([problem(3)], 'text', plain)).not.toContain(sequence)
  expect(formatProblems([problem(3)], 'text', { color: true })).toContain(sequence)
})

test('text shows twenty problems, errors first, and counts the rest', () => {
  const problems = [
    ...Array.from({ length: 15 }, (_, i) => warning(i + 1)),
    ...Array.from({ length: 15 }, (_, i) => problem(i + 20)),
  ]
  const text = formatProblems(problems, 'text', plain)
  expect(text.match(/: error /g)).toHaveLength(15)
  expect(text.match(/: warning /g)).toHaveLength(5)
  expect(text.endsWith('\n\nand 10 more: `burn validate --format json` lists all of them')).toBe(true)
})

test('JSON has every field of every problem', () => {
  const problems = [problem(1), ...Array.from({ length: 30 }, (_, i) => warning(i + 2))]
  expect(JSON.parse(formatProblems(problems, 'json', plain))).toEqual({ errors: 1, warnings: 30, problems })
})

test('annotations are escaped', () => {
  const odd = problem(3, { file: 'a,b:c.yaml', message: '100% of\nit', hint: 'x' })
  expect(formatProblems([odd], 'github', plain)).toBe(
    '::error file=a%2Cb%3Ac.yaml,line=3,endLine=3,col=5,endColumn=11,title=E_UNKNOWN_KEY::100%25 of%0Ait%0Ax',
  )
})

test('annotations are at most ten of a kind, errors first, with a notice about the rest', () => {
  const problems = [
    ...Array.from({ length: 12 }, (_, i) => warning(i + 1)),
    ...Array.from({ length: 13 }, (_, i) => problem(i + 20)),
  ]
  const lines = formatProblems(problems, 'github', plain).split('\n')
  expect(lines.map((line) => line.split(' ')[0])).toEqual([
    ...Array(10).fill('::error'),
    ...Array(10).fill('::warning'),
    '::notice',
  ])
  expect(lines.at(-1)).toBe('::notice title=burn::and 5 more problems: burn validate --format json lists all of them')
})

test('SARIF has a rule per code and a region per problem', () => {
  const sarif = JSON.parse(formatProblems([problem(3), problem(4), warning(5)], 'sarif', plain))
  expect(sarif.version).toBe('2.1.0')
  const [run] = sarif.runs
  expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['E_UNKNOWN_KEY', 'W_LONG_RUN'])
  expect(run.tool.driver.rules[1]).toMatchObject({
    shortDescription: { text: 'The phases take more than an hour together.' },
    help: { text: expect.stringContaining('\nWhat to do: '), markdown: expect.stringContaining('```yaml') },
  })
  expect(run.results).toHaveLength(3)
  expect(run.results[0]).toEqual({
    ruleId: 'E_UNKNOWN_KEY',
    level: 'error',
    message: { text: 'unknown key "mesage" (did you mean message?)' },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'load/a.yaml' },
          region: { startLine: 3, startColumn: 5, endLine: 3, endColumn: 11 },
        },
      },
    ],
  })
})

test('no problems are no text', () => {
  expect(formatProblems([], 'text', plain)).toBe('')
  expect(formatProblems([], 'github', plain)).toBe('')
  expect(JSON.parse(formatProblems([], 'sarif', plain)).runs[0].results).toEqual([])
})

test('a file name cannot write on the terminal, nor begin a line', () => {
  expect(formatProblems([problem(3, { file: 'a\x1b[31m\nb.yaml' })], 'text', plain)).toMatch(/^a\\u\{1b\}\[31m\\u\{a\}b\.yaml:3:/)
})

test('the pages in SARIF have no link that leads nowhere outside of the package', () => {
  const [{ tool }] = JSON.parse(formatProblems([problem(3)], 'sarif', plain)).runs
  for (const rule of tool.driver.rules) expect(rule.help.markdown).not.toMatch(/\]\(/)
})
