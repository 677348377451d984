/** `--allow-lag` as bounds of validity. */
import { UsageError } from '../../errors.ts'
import { DEFAULT_BOUNDS, type ValidityBounds } from '../../metrics/validity.ts'
import { parseDuration } from '../../text/units.ts'
import { type RunFlags, withUnit } from '../load/run-flags.ts'

/** The bounds a run is judged by; a bare number is in ms. @throws UsageError */
export function boundsOf({ allowLag }: Pick<RunFlags, 'allowLag'>): ValidityBounds {
  if (allowLag === undefined) return DEFAULT_BOUNDS
  const lagP99Ms = parseDuration(withUnit('--allow-lag', allowLag, 'ms'))
  if (lagP99Ms === undefined) throw new UsageError(`--allow-lag ${allowLag}: expected a duration such as 50ms`)
  // A loop that was busy or stood still makes starts late: whoever accepts the lateness is told of its causes, not failed for them.
  return { ...DEFAULT_BOUNDS, lagP99Ms, stalledShare: 1, loopBusy: 1 }
}
