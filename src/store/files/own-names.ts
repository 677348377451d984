/** The names of the files that burn writes in the folder of a run. */
import { LOCK_NAME } from './lock.ts'
import { ANOMALIES_NAME, DELIVERIES_NAME, JOURNAL_NAME, RESULT_NAME } from './names.ts'

const FIXED: ReadonlySet<string> = new Set([
  RESULT_NAME,
  JOURNAL_NAME,
  ANOMALIES_NAME,
  DELIVERIES_NAME,
  LOCK_NAME,
  'detached.log',
  'junit.xml',
])
/** Matches the default names of reports, and those of tables, which begin with their level. */
const REPORT = /^(?:report|run|steps|seconds|iterations|attempts)\.(?:md|html|hlog|json|txt|csv|jsonl|parquet)$/
/** Matches the names of temporary files: locks that are being taken, and what a killed process leaves behind. */
const TEMPORARY = /^(?:lock\.(?:\d+|takeover)|\.probe\.\d+|\..+\.\d+\.(?:\d+\.tmp|probe))$/

/**
 * True for a file name that burn itself uses in the folder of a run: result, journal, anomalies, webhook deliveries, lock, log, reports and tables
 * with their default names, and temporary files. False for a report to which the user gave another name.
 */
export function isOwnName(name: string): boolean {
  return FIXED.has(name) || REPORT.test(name) || TEMPORARY.test(name)
}
