import { formatMs } from '../../../text/units.ts'
import { numberOf } from '../../lint/phases.ts'
import { rule } from '../../lint/subject.ts'

const LONG_MS = 3_600_000

/** The lint rule (of `burn validate`) that warns of a load whose phases take more than an hour in total. */
export const W_LONG_RUN = rule('W_LONG_RUN', ({ scenario }, report) => {
  const totalMs = (scenario.load ?? []).reduce((sum, { fields }) => sum + numberOf(fields.for) + numberOf(fields.pause), 0)
  if (totalMs > LONG_MS) report(['load'], 'key', `the phases take ${formatMs(totalMs)} together`)
})
