import { safeJson } from '../text/escape.ts'
import type { Reporter } from './text/reporter.ts'

/** The report format `json`: the whole result, indented, as in result.json. */
export const json: Reporter = {
  render: (result) => `${safeJson(result, 2)}\n`,
}
