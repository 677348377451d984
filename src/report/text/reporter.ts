/** What every report format offers: a pure function from a result to text. A reporter never prints and never reads the clock. */
import type { Result } from '../../result/schema.ts'

/** How a report looks. A reporter may ignore what its format has no use for. */
export interface RenderOptions {
  /** ANSI colours. */
  readonly color: boolean
  /** Columns of the terminal, at least 40. */
  readonly width: number
  /** Whether marks such as ✓ and … can be shown; else ASCII only. */
  readonly unicode: boolean
  /** Folder of the run, put before the paths of its files; left out, paths are as they stand in the result. */
  readonly directory?: string
}

/** One report format. */
export interface Reporter {
  /** Extension of its files, without the dot. */
  readonly extension: string
  /** One line for `--help`. */
  readonly describe: string
  render(result: Result, options: RenderOptions): string
}

/** For files: no colour, 100 columns. */
export const FILE_OPTIONS: RenderOptions = { color: false, width: 100, unicode: true }
