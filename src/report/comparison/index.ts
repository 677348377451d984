/** Registers the formats of comparisons by name. */
import type { Comparison } from '../../compare/comparison.ts'
import { safeJson } from '../../text/escape.ts'
import type { RenderOptions } from '../text/reporter.ts'
import { comparisonText } from './console.ts'
import { type ComparedResults, comparisonPage } from './html.ts'
import { comparisonJunit } from './junit.ts'
import { comparisonMarkdown } from './md.ts'

/** The formats in which `burn compare` prints a comparison, by the names that `--format` takes. */
export const comparisonFormats = {
  console: comparisonText,
  json: (comparison) => `${safeJson(comparison, 2)}\n`,
  md: comparisonMarkdown,
  junit: comparisonJunit,
  html: (comparison, _, results) => comparisonPage(comparison, results),
} satisfies Record<string, (comparison: Comparison, options: RenderOptions, results: ComparedResults) => string>

/** The name of a format in which a comparison can be printed, such as `md`. */
export type ComparisonFormat = keyof typeof comparisonFormats
