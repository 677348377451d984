/** The interface of a scheduling system for `burn schedule --print`. */
import type { Overlap } from './overlap.ts'

/**
 * A function that throws a UsageError when a scheduling system, such as cron, cannot express a schedule. `what` says what the system cannot do, and
 * `hint` what the user can do instead. The error message names the system.
 */
export type Refuse = (what: string, hint: string) => never

/**
 * A schedule in the form in which `burn schedule --print` passes it to the code for one scheduling system: when a run is due (the fields of the cron
 * expression and the time zone), what happens when runs overlap, and the arguments of `burn run`. Its function `refuse` throws the error for a
 * schedule that the system cannot express.
 */
export interface UnitParts {
  /** The fields of the cron expression: five, or six with seconds first. */
  readonly fields: readonly string[]
  readonly timeZone: string
  readonly overlap: Overlap
  /** The arguments of `burn run`, each on one line. */
  readonly run: readonly string[]
  readonly refuse: Refuse
}

/** A scheduling system, such as cron or systemd, for which `burn schedule --print` can print the configuration of a scheduled job. */
export interface ScheduleSystem {
  /** What the system can do with a run that is due while another is running; the first one is its default. */
  readonly overlaps: readonly [Overlap, ...Overlap[]]
  /** Returns the text of the unit. @throws UsageError for what the system cannot do */
  readonly unit: (parts: UnitParts) => string
}

/**
 * Throws the error for a valid cron expression that a scheduling system, such as systemd, has no way to write. `refuse` is the function that throws
 * it in the name of that system.
 * @throws UsageError
 */
export const refuseForm = (refuse: Refuse): never =>
  refuse('the expression has no form there', 'use burn schedule itself, or plain numbers, lists, ranges and steps')

/**
 * Returns a cron expression unchanged if a simple scheduling system can read it. Such a system knows only five fields, without the characters `L`,
 * `W`, `#` and `?`. `sundayIs7` is true when it accepts 7 for Sunday, as well as 0.
 * @throws UsageError for any other expression
 */
export function plainCron({ fields, refuse }: UnitParts, { sundayIs7 }: { readonly sundayIs7: boolean }): string {
  if (fields.length === 6) refuse('it knows no seconds, and the expression has six fields', 'leave out the first one')
  const isPlain = fields.every((field) => !/[LW#?]/i.test(field.replace(/[a-z]{3}/gi, '')))
  const weekday = fields[4] ?? '*'
  if (!isPlain || (!sundayIs7 && weekday.replace(/\/\d+/g, '').includes('7'))) refuseForm(refuse)
  return fields.join(' ')
}

/** True when an argument of a scheduled command can be written without quotes, both in a shell and in systemd. */
export const isBare = (text: string): boolean => /^[\w./:=@,+-]+$/.test(text)

/** Returns the command line that starts `burn run` with these arguments, quoted for a shell. */
export const shellCommand = (run: readonly string[]): string => `npx burn run ${run.map(shellQuoted).join(' ')}`

const shellQuoted = (text: string) => (isBare(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
