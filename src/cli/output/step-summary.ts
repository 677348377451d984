/** Writes the GitHub job summary: Markdown that is appended to the file named in GITHUB_STEP_SUMMARY appears on the job's page. */
import { appendFileSync } from 'node:fs'
import type { Problem } from '../../errors.ts'
import { markdownCell } from '../../text/escape.ts'
import { knownSecrets } from './known-secrets.ts'
import { worstFirst } from './problems.ts'

/** The largest number of problems in the table of one command, because GitHub limits the size of the page. */
const MAX_ROWS = 50

/** Appends Markdown to the job summary of GitHub Actions; does nothing outside GitHub. A failure is only printed on stderr. */
export async function appendStepSummary(markdown: () => string | Promise<string>): Promise<void> {
  const file = process.env.GITHUB_STEP_SUMMARY
  if (file === undefined || file === '') return
  try {
    appendFileSync(file, `${knownSecrets.redact(await markdown()).trimEnd()}\n\n`)
  } catch (error) {
    process.stderr.write(`warning: the summary of the job could not be written: ${(error as Error).message}\n`)
  }
}

/**
 * Formats problems as a Markdown table, errors first: at most fifty, and the number of those left out. The heading is `burn validate:` and `title`.
 */
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
