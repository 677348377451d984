/** The values of the flags of `burn replay`. */
export interface ReplayFlags {
  /** The sessions to replay, by name, such as `7#0` (user 7, iteration 0). */
  readonly session?: readonly string[]
  readonly vu?: number
  readonly worst?: number
  readonly onlyAnomalies?: boolean
  /** True to send the messages of the sessions again. */
  readonly live?: boolean
  readonly list?: boolean
  readonly plain?: boolean
  readonly full?: boolean
  /** The speed of the replay: `0.25` to `100` times the recorded one, or `max`. */
  readonly speed?: string
  readonly idleLimit?: string
  readonly from?: string
  readonly pauseOn?: 'anomalies'
  readonly json?: boolean
  readonly color: boolean
}

/** The flags of `burn run` that `burn replay --live` also takes, such as those for the target and for the output of the new run. */
export const LIVE_FLAGS = [
  'target',
  'endpoint',
  'scenario',
  'protocol',
  'preset',
  'plugin',
  'allowPlugins',
  'model',
  'connections',
  'out',
  'overwrite',
  'allowLag',
  'preflight',
  'yes',
  'allow',
] as const
