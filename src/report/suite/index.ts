/** Registers the formats of suites by name. */
import type { Result } from '../../result/schema.ts'
import type { SuiteResult } from '../../result/suite.ts'
import { safeJson } from '../../text/escape.ts'
import type { RenderOptions } from '../text/reporter.ts'
import { suiteText } from './console.ts'
import { suitePage } from './html.ts'
import { suiteJunit } from './junit.ts'
import { suiteMarkdown } from './md.ts'

/**
 * The formats in which the result of a suite can be rendered, each a function by the format's name. Its argument `results` holds the result of each
 * test's run that has one, by the test's number in the suite (from 1).
 */
export const suiteFormats = {
  console: suiteText,
  json: (suite) => `${safeJson(suite, 2)}\n`,
  md: suiteMarkdown,
  junit: (suite, _, results) => suiteJunit(suite, results),
  html: (suite, _, results) => suitePage(suite, results),
} satisfies Record<string, (suite: SuiteResult, options: RenderOptions, results: ReadonlyMap<number, Result>) => string>

/** The name of a format in which the result of a suite can be printed, such as `md`. */
export type SuiteFormat = keyof typeof suiteFormats
