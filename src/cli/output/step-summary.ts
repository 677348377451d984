/** The page of a job on GitHub: what is appended to the file that GITHUB_STEP_SUMMARY names is shown there. */
import { appendFileSync } from 'node:fs'
import type { Problem } from '../../errors.ts'
import { markdownCell } from '../../text/escape.ts'
import { knownSecrets } from './known-secrets.ts'
import { worstFirst } from './problems.ts'

/** Problems in the table of one command; the page has a limit of its own, too. */
const MAX_ROWS = 50

/** Appends Markdown to the summary of the job, where there is one. A fault is told and changes no verdict. */
export function appendStepSummary(markdown: () => string): void {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, `${knownSecrets.redact(markdown()).trimEnd()}\n\n`)
  } catch (error) {
    process.stderr.write(`warning: the summary of the job could not be written: ${(error as Error).message}\n`)
  }
}

/** Problems as a table under `title`, errors first. */
export function problemsTable(title: string, problems: readonly Problem[]): string {
  const rows = worstFirst(problems)
    .slice(0, MAX_ROWS)
    .map(({ severity, file, line, column, code, message, hint }) => {
      const place = markdownCell(`${file}:${line}:${column}`)
      return `| ${severity} | ${place} | ${code} | ${markdownCell(hint === undefined ? message : `${message} (${hint})`)} |`
    })
  const rest = problems.length - rows.length
  const table = rows.length === 0 ? [] : ['', '| | place | code | problem |', '| --- | --- | --- | --- |', ...rows]
  return [`## burn validate: ${title}`, ...table, ...(rest > 0 ? ['', `and ${rest} more`] : []), ''].join('\n')
}
