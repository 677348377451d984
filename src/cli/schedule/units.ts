/** Prints the schedule as a unit (configuration) for a scheduling system. */
import { UsageError } from '../../errors.ts'
import { systems, type UnitSystem } from './systems/index.ts'
import type { Overlap } from './systems/overlap.ts'
import type { ScheduleSystem } from './systems/system.ts'
import type { CronTimes } from './times.ts'

/**
 * Returns the configuration for a scheduling system (such as a crontab line or a systemd unit) that starts `burn run` with the arguments `run` at the
 * given times.
 * @throws UsageError for a schedule that the system cannot express
 */
export function unitText(name: UnitSystem, times: CronTimes, asked: Overlap | undefined, run: readonly string[]): string {
  const { overlaps, unit }: ScheduleSystem = systems[name]
  const refuse = (what: string, hint: string): never => {
    throw new UsageError(`--print ${name}: ${what}`, hint)
  }
  const overlap = asked ?? overlaps[0]
  if (!overlaps.includes(overlap))
    refuse(`it has no --overlap ${overlap}`, `it can do ${overlaps.join(' and ')}; burn schedule itself can do all`)
  if (run.some((word) => /[\n\r]/.test(word)))
    refuse('a word of the command has more than one line', 'write it into the scenario')
  const fields = (NICKNAMES[times.expression.toLowerCase()] ?? times.expression).trim().split(/\s+/)
  return unit({ fields, timeZone: times.timeZone, overlap, run, refuse })
}

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}
