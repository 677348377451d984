import { UsageError } from '../../../errors.ts'
import { DEFAULT_BOUNDS, type ValidityBounds } from '../../../metrics/validity.ts'
import { parseDuration } from '../../../text/units.ts'
import { type RunFlags, withUnit } from '../../load/run-flags.ts'

/** Returns the limits beyond which a measurement is not valid; `--allow-lag` sets the limit of the lag. @throws UsageError */
export function boundsOf({ allowLag }: Pick<RunFlags, 'allowLag'>): ValidityBounds {
  if (allowLag === undefined) return DEFAULT_BOUNDS
  const lagP99Ms = parseDuration(withUnit('--allow-lag', allowLag, 'ms'))
  if (lagP99Ms === undefined) throw new UsageError(`--allow-lag ${allowLag}: expected a duration such as 50ms`)
  // A busy or stalled event loop is a cause of lag: accepting the lag accepts its causes too, so they only degrade the measurement.
  return { ...DEFAULT_BOUNDS, lagP99Ms, stalledShare: 1, loopBusy: 1 }
}
