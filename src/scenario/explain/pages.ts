/** The pages of the problem codes, which say more than one line can. */
import { packagedText } from '../../packaged.ts'
import type { Code } from '../read/source/codes.ts'

/** The page of a code, in Markdown; its first line is the code. */
export const pageOf = (code: Code): string => packagedText(`scenarios/problems/${code}.md`)

/** What a code means: the first paragraph of its page, on one line. */
export function meaningOf(code: Code): string {
  const [, meaning = ''] = pageOf(code).split('\n\n')
  return meaning.replaceAll('\n', ' ')
}

/** The page of a code as plain text: examples are indented in place of their fences. */
export function plainPage(code: Code): string {
  const page = pageOf(code).replace(/^```\w+\n([\s\S]*?)^```$/gm, (_, example: string) =>
    example.trimEnd().replace(/^/gm, '    '),
  )
  return page
    .replace(/^# /, '')
    .replace(/^See also: \[.*\]\(\.\.\/(.*)\)$/m, 'See also: scenarios/$1')
    .trimEnd()
}
