/** The values of the flags of `burn replay`. */
export interface ReplayFlags {
  /** Sessions by name, `7#0`. */
  readonly session?: readonly string[]
  readonly vu?: number
  readonly worst?: number
  readonly onlyAnomalies?: boolean
  readonly list?: boolean
  readonly full?: boolean
  readonly json?: boolean
  readonly color: boolean
}
