import type { ValidityBounds } from '../../../metrics/validity.ts'
import type { ReportFormat } from '../../../report/index.ts'
import { type JournalLevel, parseJournalLevel } from '../../../store/journal/level.ts'
import type { RunFlags } from '../../load/run-flags.ts'
import type { ConsoleOutput } from '../../output/console.ts'
import type { Background } from './background.ts'
import { boundsOf } from './bounds.ts'
import type { Signals } from './signals.ts'

/** The options of `runOne`, which runs one scenario. */
export interface RunOneOptions {
  readonly flags: RunFlags
  readonly reports: readonly ReportFormat[]
  readonly signals: Signals
  readonly output: ConsoleOutput
  /** Set in the background process of `--detach`; undefined in any other. */
  readonly background: Background | undefined
}

/** The settings of one run: what its journal records, and the limits beyond which its measurement is not valid. */
export interface RunSettings {
  readonly journal: JournalLevel
  readonly bounds: ValidityBounds
}

/** Returns the settings of a run from its flags. @throws UsageError for an invalid value */
export function settingsOf(flags: RunFlags): RunSettings {
  return { journal: parseJournalLevel(flags.log), bounds: boundsOf(flags) }
}
