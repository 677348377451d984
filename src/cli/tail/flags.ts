/** Flags of `burn tail`, parsed. */
export interface TailFlags {
  readonly follow?: boolean
  /** How many entries to begin with; infinite for all. */
  readonly lines: number
  readonly vu?: number
  readonly errors?: boolean
  readonly full?: boolean
  readonly json?: boolean
  readonly color: boolean
}
