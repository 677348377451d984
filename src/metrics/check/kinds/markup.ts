/** Checks of replies that are XML or HTML. */
import { fencedIn, htmlProblem, xmlProblem } from '../../../text-metrics/markup.ts'
import { quoted } from './text.ts'
import type { Test } from './types.ts'

const PROBLEMS = { xml: xmlProblem, html: htmlProblem } as const

/** Compiles `is-xml` or `is-html` to a test whether the reply's text is that language, and nothing else. */
export function markupTest(language: keyof typeof PROBLEMS, expected: boolean): Test {
  return ({ text }) => {
    const problem = PROBLEMS[language](text)
    const observed = problem === undefined ? quoted(text) : `no ${language.toUpperCase()} (${problem}): ${quoted(text)}`
    return { passed: (problem === undefined) === expected, observed }
  }
}

/** Compiles `contains-xml` or `contains-html` to a test whether the reply's text is that language, or has a block of code in it. */
export function containsMarkupTest(language: keyof typeof PROBLEMS, expected: boolean): Test {
  return ({ text }) => {
    const found = [text, ...fencedIn(text, language)].some((part) => PROBLEMS[language](part) === undefined)
    return { passed: found === expected, observed: quoted(text) }
  }
}
