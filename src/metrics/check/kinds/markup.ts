/** Checks of replies that are XML, HTML or SQL. */
import { fencedIn, htmlProblem, xmlProblem } from '../../../text-metrics/markup.ts'
import { sqlProblem } from '../../../text-metrics/sql/sql.ts'
import { quoted } from './text.ts'
import type { Test } from './types.ts'

const PROBLEMS = { xml: xmlProblem, html: htmlProblem, sql: sqlProblem } as const

/**
 * Compiles the check `is-xml`, `is-html` or `is-sql` to a test that the whole text of the reply is valid in that language. With the value `false`,
 * it tests the opposite.
 */
export function markupTest(language: keyof typeof PROBLEMS, expected: boolean): Test {
  return ({ text }) => {
    const problem = PROBLEMS[language](text)
    const observed = problem === undefined ? quoted(text) : `no ${language.toUpperCase()} (${problem}): ${quoted(text)}`
    return { passed: (problem === undefined) === expected, observed }
  }
}

/**
 * Compiles the check `contains-xml`, `contains-html` or `contains-sql` to a test that the reply's text, or a code block in it, is in that language.
 * With the value `false`, it tests the opposite.
 */
export function containsMarkupTest(language: keyof typeof PROBLEMS, expected: boolean): Test {
  return ({ text }) => {
    const found = [text, ...fencedIn(text, language)].some((part) => PROBLEMS[language](part) === undefined)
    return { passed: found === expected, observed: quoted(text) }
  }
}
