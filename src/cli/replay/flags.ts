/** The values of the flags of `burn replay`. */
export interface ReplayFlags {
  /** Sessions by name, `7#0`. */
  readonly session?: readonly string[]
  readonly vu?: number
  readonly worst?: number
  readonly onlyAnomalies?: boolean
  /** Sends the messages again. */
  readonly live?: boolean
  readonly list?: boolean
  readonly plain?: boolean
  readonly full?: boolean
  /** `0.25` to `100`, or `max`. */
  readonly speed?: string
  readonly idleLimit?: string
  readonly from?: string
  readonly pauseOn?: 'anomalies'
  readonly json?: boolean
  readonly color: boolean
}

/** The flags of `burn run` that `burn replay --live` also takes, for the target of the messages and the output. */
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
