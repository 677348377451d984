import type { RunState } from '../../../engine/outcome/run-state.ts'
import type { SettledAttempt } from '../../../engine/user/run-context.ts'
import { AlertChanges } from '../../../engine/watch/alert-changes.ts'
import type { ConnectTimes } from '../../../exchange.ts'
import { formatValue } from '../../../metrics/threshold/words.ts'
import type { Alert } from '../../../result/schema.ts'
import type { Plan } from '../../../scenario/compile/plan.ts'
import { formatMs } from '../../../text/units.ts'
import type { Log } from '../../output/log.ts'
import { nearStoredCeiling, plannedPeak } from '../../selftest/near-ceiling.ts'
import { introduction } from './introduction.ts'

/**
 * Writes log messages about what happens in a run: its load, its alerts and, at level `debug`, its phases, new connections and the first failure of
 * each class.
 */
export class Narrator {
  private readonly log: Log
  private readonly classes = new Set<string>()
  private phase = -1
  private readonly alerts = new AlertChanges()
  private hasUnlisted = false

  constructor(log: Log) {
    this.log = log
  }

  /**
   * Logs the load, a warning when the load comes near the limit of this machine, and the addresses and models of targets that are not written in the
   * scenario.
   */
  begin(plan: Plan): void {
    for (const line of introduction(plan)) this.log('info', line)
    for (const text of nearStoredCeiling(plan, plannedPeak(plan))) this.log('warn', text)
  }

  /** Logs phases that began since the last call; called once a second and at the end. */
  watch(run: RunState): void {
    for (const { alert, state } of this.alerts.since(run.alerts)) this.log('warn', alertText(alert, state))
    if (run.alerts.unlisted > 0 && !this.hasUnlisted) {
      this.hasUnlisted = true
      this.log('warn', `${run.alerts.raised.length} alerts were raised: those that follow are counted, and not listed`)
    }
    while (this.phase < run.phase) {
      this.phase += 1
      const name = run.plan.phases[this.phase]?.name
      const at = run.phaseTimes[this.phase]?.startAt
      if (name === undefined) this.log('debug', 'no more arrivals: what is in flight may finish', { users: run.users() })
      else if (at !== undefined) this.log('debug', 'phase begins', { phase: name, atMs: Math.round(at - run.startedAt) })
    }
  }

  /** Called for every settled attempt; logs a new connection and the first failure of each class. */
  settled({ exchange, dimensions, session }: SettledAttempt, run: RunState): void {
    this.watch(run)
    const { connect, failure } = exchange
    if (connect) this.log('debug', 'connection made', { user: session, ...rounded(connect) })
    if (!failure || this.classes.has(failure.class)) return
    this.classes.add(failure.class)
    const step = run.plan.exchanges[dimensions.step]?.name ?? ''
    this.log('debug', `first ${failure.class}: ${failure.message}`, { step, phase: failure.phase, user: session })
  }
}

function alertText({ alert, worst, unit, fromMs, untilMs }: Alert, state: 'began' | 'ended'): string {
  if (state === 'began') return `alert at ${formatMs(fromMs)}: ${alert}: ${formatValue(worst, unit)}`
  return `alert over at ${formatMs(untilMs ?? 0)}: ${alert}: ${formatValue(worst, unit)} at worst`
}

/** Rounds the durations of the stages of connecting, in ms, to whole microseconds, the resolution of the clock. */
function rounded(times: ConnectTimes): Record<string, number | null> {
  return Object.fromEntries(
    Object.entries(times).map(([stage, ms]) => [stage, ms === null ? null : Math.round(ms * 1000) / 1000]),
  )
}
