/** `burn validate`: all problems of all files at once, and no traffic. */
import { globSync } from 'node:fs'
import { EXIT, type Problem, UsageError } from '../errors.ts'
import { validatePath } from './load/foreign.ts'
import { wantsColor } from './output/console.ts'
import { keepSecret, knownSecrets, secretValues } from './output/known-secrets.ts'
import { formatProblems, type ProblemFormat } from './output/problems.ts'

export interface ValidateFlags {
  readonly format: string
  readonly strict?: boolean
  readonly env: boolean
  readonly quiet?: boolean
}

/** Checks every file that the arguments name. Exit 2 with errors (with --strict also with warnings). @throws UsageError when a glob finds nothing */
export async function validateCommand(patterns: readonly string[], flags: ValidateFlags): Promise<number> {
  const files = [...new Set(patterns.flatMap(expand))]
  const problems = files.flatMap((file) => problemsOf(file, flags))
  // The flag admits only the formats there are.
  const format = flags.format as ProblemFormat
  const text = formatProblems(problems, format, { color: wantsColor(process.stdout, true) })
  if (text !== '') process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  const failing = problems.filter((problem) => flags.strict || problem.severity === 'error')
  if (!flags.quiet && format === 'text') process.stderr.write(`${summary(files.length, problems)}\n`)
  return failing.length > 0 ? EXIT.usage : EXIT.ok
}

/** What is wrong with a file; values of secret variables do not show in it. */
function problemsOf(file: string, flags: ValidateFlags): Problem[] {
  const { problems, envUsed } = validatePath(file, { noEnv: !flags.env })
  keepSecret(secretValues(envUsed))
  // Redaction keeps the shape of plain data.
  return knownSecrets.redactValue(problems) as Problem[]
}

function expand(pattern: string): string[] {
  if (pattern === '-' || !/[*?[{]/.test(pattern)) return [pattern]
  const found = globSync(pattern).sort()
  if (found.length === 0) throw new UsageError(`${pattern} matches no file`)
  return found
}

function summary(files: number, problems: readonly Problem[]): string {
  const errors = problems.filter((problem) => problem.severity === 'error').length
  const warnings = problems.length - errors
  const count = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`
  return `${count(files, 'file')}: ${errors === 0 && warnings === 0 ? 'no problems' : `${count(errors, 'error')}, ${count(warnings, 'warning')}`}`
}
