/** A threshold line as parsed, or what is wrong with it. */
import { parseThreshold, type ThresholdExpression } from '../../../src/metrics/threshold/threshold.ts'

export function parsed(text: string): ThresholdExpression {
  const result = parseThreshold(text)
  if (!result.ok) throw new Error(`${text}: ${result.message}`)
  return result.threshold
}

export function fault(text: string) {
  const result = parseThreshold(text)
  if (result.ok) throw new Error(`${text} should not parse`)
  return result
}
