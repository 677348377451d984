import type { ComparedValue, Comparison } from '../../compare/comparison.ts'
import { basisText, boundsText, changeText, valueText, verdictText } from '../compared/words.ts'
import type { CaseState, TestCase } from './xml.ts'

const STATES: Readonly<Record<ComparedValue['verdict'], CaseState>> = {
  ...{ WORSE: 'failure', UNCLEAR: 'skipped' },
  ...{ BETTER: 'passed', SAME: 'passed', SMALL: 'passed' },
}

/** Returns a JUnit test case for each metric that decides a comparison. An unclear metric is a skipped case: neither passed nor failed. */
export function comparisonCases(comparison: Comparison): TestCase[] {
  return comparison.values
    .filter(({ gate }) => gate)
    .map((value) => {
      const message = `${verdictText(value)}: ${changeText(value.change, value)} ${boundsText(value)}`.trim()
      const text = `A ${valueText(value.a, value)}, B ${valueText(value.b, value)}; ${message}\n${basisText(comparison)}`
      return { name: value.metric, seconds: 0, state: STATES[value.verdict], message, text }
    })
}
