/** Renders a comparison as JUnit XML with a test case for each metric that decides the verdict. */
import type { Comparison } from '../../compare/comparison.ts'
import { comparedPairTexts } from '../compared/judge-pairs.ts'
import { comparisonCases } from '../junit/compared-cases.ts'
import { junitDocument } from '../junit/xml.ts'
import { isoSeconds } from '../text/format.ts'

/**
 * Returns the report of a comparison as JUnit XML. Its time stamp is the start of the run of B (the first one of several), or the start of 1970 when
 * the comparison was made by an older version of burn, which did not store the start.
 */
export function comparisonJunit(comparison: Comparison): string {
  const { a, b, verdict, warnings } = comparison
  return junitDocument([{ name: 'comparison', classname: 'burn.compare', cases: comparisonCases(comparison) }], {
    name: 'burn.compare',
    seconds: (b.durationMs ?? 0) / 1000,
    timestamp: isoSeconds(b.startTime ?? 0),
    hostname: 'localhost',
    file: null,
    properties: [
      ...([
        ['verdict', verdict],
        ['A', a.name],
        ['B', b.name],
      ] as const),
      ...comparedPairTexts(comparison, (text) => text).map((text) => ['judge', text] as const),
      ...warnings.map((warning) => ['warning', warning] as const),
    ],
  })
}
