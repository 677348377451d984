import { adviceOf } from '../../advice/advice.ts'
import type { Result } from '../../result/schema.ts'
import { byCount, hintText } from '../console/errors.ts'
import { warningsOf } from '../console/warnings.ts'
import { formatCount } from '../text/format.ts'
import { cell, table } from './markdown.ts'

const MAX_ERRORS = 20
/** The longest advice that is shown, in characters; long enough that no figure is cut off. */
const ADVICE_CHARACTERS = 400

/** Returns all advice on the run as a Markdown list; empty without advice. */
export function adviceList(result: Result): string[] {
  const found = adviceOf(result)
  return found.length === 0 ? [] : ['### Advice', '', ...found.map(({ text }) => `- ${cell(text, ADVICE_CHARACTERS)}`)]
}

/** Returns the table of errors (at most 20 groups) as Markdown that the reader can fold up; empty without errors. */
export function errorTable(result: Result): string[] {
  if (result.errors.length === 0) return []
  const shown = byCount(result.errors).slice(0, MAX_ERRORS)
  const rows = shown.map((error) => [
    formatCount(error.count),
    cell(error.class),
    cell(error.step),
    cell(error.sample),
    cell(hintText(error)),
  ])
  return [
    '<details><summary>Errors</summary>',
    '',
    ...table(['count', 'class', 'step', 'message', 'hint'], rows, result.errors.length - shown.length, 5),
    '',
    '</details>',
  ]
}

/**
 * Returns, for the Markdown report, the table of warnings (at most 20), which are oddities in replies that did not make attempts fail; empty without
 * warnings.
 */
export function warningTable(result: Result): string[] {
  const found = warningsOf(result)
  if (found.length === 0) return []
  const rows = found.slice(0, MAX_ERRORS).map(({ name, count, text }) => [formatCount(count), cell(name), cell(text)])
  return ['### Warnings', '', ...table(['count', 'warning', 'meaning'], rows, found.length - rows.length, 3)]
}
