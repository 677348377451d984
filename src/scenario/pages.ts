/** The pages of the problem codes, which say more than one line can. */
import { packagedText } from '../packaged.ts'
import * as kinds from './codes.ts'
import type { Code } from './read/source/finding.ts'

/** The codes of all problems that a scenario can have, sorted. */
export const CODES: readonly Code[] = Object.values(kinds)
  .map(({ code }) => code)
  .sort()

/** Returns the documentation page of a problem code, in Markdown; its first line is the code. */
export const pageOf = (code: Code): string => packagedText(`scenarios/problems/${code}.md`)

/** Returns the first paragraph of the page of a problem code, on one line. */
export function meaningOf(code: Code): string {
  const [, meaning = ''] = pageOf(code).split('\n\n')
  return meaning.replaceAll('\n', ' ')
}

/** Returns the page of a problem code as plain text: examples are indented instead of fenced. */
export function plainPage(code: Code): string {
  const page = pageOf(code).replace(/^```\w+\n([\s\S]*?)^```$/gm, (_, example: string) =>
    example.trimEnd().replace(/^/gm, '    '),
  )
  return page
    .replace(/^# /, '')
    .replace(/^See also: \[.*\]\(\.\.\/(.*)\)$/m, 'See also: scenarios/$1')
    .trimEnd()
}
