import { formatMs } from '../../../text/units.ts'
import { numberOf } from '../../lint/phases.ts'
import { rule } from '../../lint/subject.ts'

/** The lint rule (of `burn validate`) that warns of a phase whose ramp takes longer than the phase, so that the end of the ramp is never reached. */
export const W_RAMP_LONGER = rule('W_RAMP_LONGER', ({ scenario }, report) => {
  scenario.load?.forEach(({ fields }, index) => {
    const rampMs = numberOf(fields.ramp)
    if (rampMs <= numberOf(fields.for)) return
    const message = `the ramp (${formatMs(rampMs)}) is longer than its phase: the end of it is never reached`
    report(['load', index, 'ramp'], 'value', message)
  })
})
