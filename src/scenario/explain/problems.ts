/** Gives findings their file, line and column, and sorts them. */
import type { Problem } from '../../errors.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Locator } from '../read/source/locate.ts'
import type { Span } from '../read/source/source.ts'

function spanOf({ path, mark }: Finding, locate: Locator): Span {
  if (mark === 'key') return locate.key(path)
  if (mark === 'parent') return locate.key(path.slice(0, -1))
  return mark === 'value' ? locate.value(path) : locate.inside(path, mark.offset, mark.length)
}

/** Turns a finding, which knows its path in the scenario, into a problem, which knows its file, line and column. */
export function toProblem(finding: Finding, locate: Locator): Problem {
  return locate.problem(finding, spanOf(finding, locate))
}

const RANKS = { error: 0, warning: 1, note: 2 } as const
const rank = ({ severity }: Problem) => RANKS[severity]

/**
 * Sorts the problems of scenario files and drops repeated ones: problems of the file `main` come first; within a file they are sorted by line, then
 * by column, and at the same place errors come before warnings.
 */
export function inOrder(problems: readonly Problem[], main: string): Problem[] {
  const seen = new Set<string>()
  const once = problems.filter(({ code, file, line, column, message }) => {
    const key = `${code} ${file} ${line} ${column} ${message}`
    return !seen.has(key) && seen.add(key)
  })
  const files = [...new Set([main, ...once.map(({ file }) => file)])]
  const fileRank = ({ file }: Problem) => files.indexOf(file)
  return once.sort((a, b) => fileRank(a) - fileRank(b) || a.line - b.line || a.column - b.column || rank(a) - rank(b))
}

/** True when at least one of the problems is an error; warnings and notes do not keep a scenario from running. */
export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some((problem) => problem.severity === 'error')
}
