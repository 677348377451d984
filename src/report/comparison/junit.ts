/** A comparison as JUnit XML: a test case for each metric that decides. */
import type { Comparison } from '../../compare/comparison.ts'
import { comparisonCases } from '../junit/compared-cases.ts'
import { junitDocument } from '../junit/xml.ts'

/** Renders a comparison as JUnit XML. */
export function comparisonJunit(comparison: Comparison): string {
  const { a, b, verdict, warnings } = comparison
  return junitDocument([{ name: 'comparison', classname: 'burn.compare', cases: comparisonCases(comparison) }], {
    name: 'burn.compare',
    seconds: 0,
    timestamp: '1970-01-01T00:00:00',
    hostname: 'localhost',
    file: null,
    properties: [['verdict', verdict], ['A', a.name], ['B', b.name], ...warnings.map((warning) => ['warning', warning] as const)],
  })
}
