/** The interface of report formats: a pure function from a result to text. A reporter never prints and never reads the clock. */
import type { Result } from '../../result/schema.ts'
import type { ReportedConversations } from './conversations.ts'

/**
 * What a row of a tabular report (such as CSV) can stand for: the whole run, a second of it, or a step of the scenario. In a long run, a row for a
 * second covers several seconds.
 */
export const RESULT_LEVELS = ['run', 'second', 'step'] as const
/** What one row of a tabular report (such as CSV) stands for: the whole run, a second, or a step. */
export type ResultLevel = (typeof RESULT_LEVELS)[number]

/** How a report should look: colour, width, character set. A report format ignores the options that do not concern it. */
export interface RenderOptions {
  /** True when the report may use ANSI colours. */
  readonly color: boolean
  /** Width of the terminal in columns, at least 40. */
  readonly width: number
  /** True when the terminal can show marks such as ✓ and …; false for ASCII only. */
  readonly unicode: boolean
  /** Folder of the run, printed with the list of its files; left out when the report is not about a stored run. */
  readonly directory?: string
  /** What one row of a tabular report stands for: a second when left out. */
  readonly level?: ResultLevel
  /** Conversations to show; left out when there is no journal, or the format does not show them. */
  readonly conversations?: ReportedConversations
  /** The results with which the run was compared (`--baseline`); left out when they no longer exist, or the format does not show them. */
  readonly baseline?: readonly Result[]
}

/** A report format: renders a result as text. */
export interface Reporter {
  render(result: Result, options: RenderOptions): string
}

/** The options for reports written to files: no colour, 100 columns, Unicode. */
export const FILE_OPTIONS: RenderOptions = { color: false, width: 100, unicode: true }
