/** Checks of replies that are XML or HTML. */
import { fencedIn, htmlProblem, xmlProblem } from '../../../text-metrics/markup.ts'
import { quoted } from './text.ts'
import type { Test } from './types.ts'

const PROBLEMS = { xml: xmlProblem, html: htmlProblem } as const

/** Compiles the check `is-xml` or `is-html` to a test that the whole text of the reply is XML or HTML, or with false that it is not. */
export function markupTest(language: keyof typeof PROBLEMS, expected: boolean): Test {
  return ({ text }) => {
    const problem = PROBLEMS[language](text)
    const observed = problem === undefined ? quoted(text) : `no ${language.toUpperCase()} (${problem}): ${quoted(text)}`
    return { passed: (problem === undefined) === expected, observed }
  }
}

/**
 * Compiles the check `contains-xml` or `contains-html` to a test that the reply's text is XML or HTML or has a code block of it, or with
 * false that neither is so.
 */
export function containsMarkupTest(language: keyof typeof PROBLEMS, expected: boolean): Test {
  return ({ text }) => {
    const found = [text, ...fencedIn(text, language)].some((part) => PROBLEMS[language](part) === undefined)
    return { passed: found === expected, observed: quoted(text) }
  }
}
