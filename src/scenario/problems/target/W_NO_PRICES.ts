import { rule } from '../../lint/subject.ts'
import { mapAt, targetPaths } from '../../schema/written-steps.ts'

/** The rule that warns of a threshold on `cost` when no target has prices, so that the threshold would always fail. */
export const W_NO_PRICES = rule('W_NO_PRICES', ({ scenario: { thresholds }, value }, report) => {
  // As written: prices that have an error of their own are there.
  if (targetPaths(value).some((path) => mapAt(value, path).pricing !== undefined)) return
  thresholds?.forEach(({ metric, onMissing }, index) => {
    if (metric.name !== 'cost' || onMissing !== 'fail') return
    const message = 'no target has prices: cost has no samples, which counts as a failure'
    report(['thresholds', index], 'value', message, 'write pricing: { inputPer1M: …, outputPer1M: … } under target')
  })
})
