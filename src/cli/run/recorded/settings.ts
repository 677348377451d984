import type { RunState } from '../../../engine/outcome/run-state.ts'
import type { Control } from '../../../engine/schedule/control.ts'
import { UsageError } from '../../../errors.ts'
import type { Destination } from '../../../export/exporter.ts'
import { DEFAULT_BOUNDS, type ValidityBounds } from '../../../metrics/validity/facts.ts'
import type { Configuration, Result } from '../../../result/schema.ts'
import { type JournalLevel, parseJournalLevel } from '../../../store/journal/level.ts'
import { parseDuration } from '../../../text/units.ts'
import { type RunFlags, withUnit } from '../../load/run-flags.ts'
import type { ConsoleOutput } from '../../output/console.ts'
import type { ReportRequest } from '../../report/request.ts'
import type { PartOfRun } from '../shard/part-of-run.ts'
import type { Background } from './background.ts'
import type { EventSink } from './events.ts'
import type { Signals } from './signals.ts'

/** The functions through which a run prints its messages and its progress. */
export type RunOutput = Pick<ConsoleOutput, 'log' | 'say' | 'begin' | 'tick' | 'end'>

/** The options for running a scenario: flags, report formats, the handling of signals, and the output. */
export interface RunOneOptions {
  readonly flags: RunFlags
  readonly reports: readonly ReportRequest[]
  readonly signals: Signals
  readonly output: RunOutput
  /** Set only in the background process of `--detach`; undefined in all other processes. */
  readonly background: Background | undefined
  /** Adds something to the result before it is written, such as a comparison with an earlier one; left out when there is nothing to add. */
  readonly finish?: (result: Result) => Result
  /** The receiver of the run's events; left out when no flag asks for events. */
  readonly events?: EventSink
  /** The part of a larger run that this process makes (`--shard`); left out for a whole run. */
  readonly part?: PartOfRun
  /** How many processes make the load; 1 when left out. */
  readonly workers?: number
  /** The number of the test when the run is part of a suite, from 0; left out for a single run. */
  readonly test?: number
  /** Connects the run with others that run at the same time; left out for a single run. */
  readonly together?: RunTogether
}

/** Functions that connect a run with others that run at the same time. */
interface RunTogether {
  /** The control of this run, with which it can be ended early. */
  readonly control: Control
  /** Called before the load: resolves when all runs are ready for their first arrival, with the time at which all of them begin. */
  readonly beforeLoad: () => Promise<number>
  /** Called once a second with the state of this run. */
  readonly onSecond: (run: RunState) => void
  /** Called when the load of this run has ended. */
  readonly onOver: (run: RunState) => void
}

/**
 * The settings of one run: which attempts its journal records, and the limits, such as on burn's own lateness, beyond which its numbers
 * count as invalid.
 */
interface RunSettings {
  readonly journal: JournalLevel
  readonly bounds: ValidityBounds
  /** How long deliveries to webhooks may take after the end of the run, in ms. */
  readonly webhookTimeoutMs: number
}

/**
 * The settings of one run, including where its metrics are sent and the configuration that is stored with its result. From this configuration,
 * `--from` can start the run again.
 */
export interface RecordedSettings extends RunSettings {
  readonly configuration: Configuration
  /** The systems and files to which the metrics of the run are sent. */
  readonly destinations: readonly Destination[]
}

/**
 * Returns the settings that the flags give to a run: which attempts the journal records, how late burn may send requests before the result is
 * invalid, and how long webhooks may take after the end.
 * @throws UsageError for an invalid value
 */
export function settingsOf(flags: RunFlags): RunSettings {
  return { journal: parseJournalLevel(flags.log), bounds: boundsOf(flags), webhookTimeoutMs: webhookTimeoutOf(flags) }
}

/** Returns the time for deliveries to webhooks after the end of a run, in ms. @throws UsageError for an invalid duration */
function webhookTimeoutOf({ webhookTimeout }: Partial<Pick<RunFlags, 'webhookTimeout'>>): number {
  // Commands that compare runs have no such flag: their runs do not notify webhooks.
  if (webhookTimeout === undefined) return 0
  const ms = parseDuration(withUnit('--webhook-timeout', webhookTimeout, 's'))
  if (ms === undefined) throw new UsageError(`--webhook-timeout ${webhookTimeout}: expected a duration such as 30s`)
  return ms
}

/** Returns the limits beyond which a measurement is not valid; `--allow-lag` sets the limit of the lag. @throws UsageError */
function boundsOf({ allowLag }: Pick<RunFlags, 'allowLag'>): ValidityBounds {
  if (allowLag === undefined) return DEFAULT_BOUNDS
  const lagP99Ms = parseDuration(withUnit('--allow-lag', allowLag, 'ms'))
  if (lagP99Ms === undefined) throw new UsageError(`--allow-lag ${allowLag}: expected a duration such as 50ms`)
  // A busy or stalled event loop is a cause of lag: accepting the lag accepts its causes too, so they only degrade the measurement.
  return { ...DEFAULT_BOUNDS, lagP99Ms, stalledShare: 1, loopBusy: 1 }
}
