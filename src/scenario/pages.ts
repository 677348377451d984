/** Reads the documentation pages of the problem codes. */
import { readdirSync } from 'node:fs'
import { packagedFile, packagedText } from '../packaged.ts'
import type { Code } from './read/source/finding.ts'

/**
 * Returns the codes of all problems that a scenario can have, sorted. They are read from the file names of the documentation pages. The module that
 * defines the codes is not used, because it must not be loaded before plugins are.
 */
export function problemCodes(): readonly Code[] {
  const pages = readdirSync(packagedFile('scenarios/problems/'))
  // The cast is safe: a test compares the pages with the codes.
  return pages.map((page) => page.replace(/\.md$/, '') as Code).sort()
}

/** Returns the documentation page of a problem code, in Markdown. The first line of the page is a heading with the code. */
export const pageOf = (code: Code): string => packagedText(`scenarios/problems/${code}.md`)

/** Returns what a problem code means: the first paragraph below the heading of its documentation page, as one line. */
export function meaningOf(code: Code): string {
  const [, meaning = ''] = pageOf(code).split('\n\n')
  return meaning.replaceAll('\n', ' ')
}

/**
 * Returns the documentation page of a problem code as plain text: examples are indented instead of fenced, and the heading and the link to further
 * pages have no marks.
 */
export function plainPage(code: Code): string {
  const page = pageOf(code).replace(/^```\w+\n([\s\S]*?)^```$/gm, (_, example: string) =>
    example.trimEnd().replace(/^/gm, '    '),
  )
  return page
    .replace(/^# /, '')
    .replace(/^See also: \[.*\]\(\.\.\/(.*)\)$/m, 'See also: scenarios/$1')
    .trimEnd()
}
