/** The values of the flags of `burn tail`. */
export interface TailFlags {
  readonly follow?: boolean
  /** The number of existing entries to show first; Infinity for all. */
  readonly lines: number
  readonly vu?: number
  readonly errors?: boolean
  readonly full?: boolean
  readonly json?: boolean
  readonly color: boolean
}
