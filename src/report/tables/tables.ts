import type { Reporter } from '../text/reporter.ts'
import { CSV, JSON_LINES } from './column.ts'
import { tableText } from './levels.ts'

/**
 * The report format `csv`: a table for spreadsheets and data frames (RFC 4180, UTF-8), with a row for each second unless `level` says otherwise. No
 * cell can be mistaken for a formula.
 */
export const csv: Reporter = {
  render: (result, { level = 'second' }) => tableText(result, level, CSV),
}

/** The report format `jsonl`: the same tables as `csv`, as lines of JSON with one object for each row. */
export const jsonl: Reporter = {
  render: (result, { level = 'second' }) => tableText(result, level, JSON_LINES),
}
