/** A comparison as JUnit XML: a test case for each metric that decides. */
import type { ComparedValue, Comparison } from '../../compare/comparison.ts'
import { type CaseState, junitDocument } from '../junit/xml.ts'
import { basisText, boundsText, changeText, valueText, verdictText } from './words.ts'

const STATES: Readonly<Record<ComparedValue['verdict'], CaseState>> = {
  ...{ WORSE: 'failure', UNCLEAR: 'skipped' },
  ...{ BETTER: 'passed', SAME: 'passed', SMALL: 'passed' },
}

/** Renders a comparison as JUnit XML. What is unclear is skipped: it is no pass, and no failure. */
export function comparisonJunit(comparison: Comparison): string {
  const { a, b, values, verdict, warnings } = comparison
  const cases = values
    .filter(({ gate }) => gate)
    .map((value) => {
      const message = `${verdictText(value)}: ${changeText(value.change, value)} ${boundsText(value)}`.trim()
      const text = `A ${valueText(value.a, value)}, B ${valueText(value.b, value)}; ${message}\n${basisText(comparison)}`
      return { name: value.metric, seconds: 0, state: STATES[value.verdict], message, text }
    })
  return junitDocument([{ name: 'comparison', classname: 'burn.compare', cases }], {
    name: 'burn.compare',
    seconds: 0,
    timestamp: '1970-01-01T00:00:00',
    hostname: 'localhost',
    file: null,
    properties: [['verdict', verdict], ['A', a.name], ['B', b.name], ...warnings.map((warning) => ['warning', warning] as const)],
  })
}
