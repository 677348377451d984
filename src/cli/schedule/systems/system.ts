/** What a system that keeps schedules needs to say of itself. */
import type { Overlap } from './overlap.ts'

/** Ends with an error of usage that names the system. */
export type Refuse = (what: string, hint: string) => never

/** What a unit is made of. */
export interface UnitParts {
  /** The fields of the cron expression: five, or six with seconds first. */
  readonly fields: readonly string[]
  readonly timeZone: string
  readonly overlap: Overlap
  /** The arguments of `burn run`, each on one line. */
  readonly run: readonly string[]
  readonly refuse: Refuse
}

/** A system that keeps schedules. */
export interface ScheduleSystem {
  /** What it can do with a run that is due while another one goes on; the first is what it does by itself. */
  readonly overlaps: readonly [Overlap, ...Overlap[]]
  /** Returns the text of a unit, or refuses what has no form in it. */
  readonly unit: (parts: UnitParts) => string
}

/** Refuses an expression that is right, but nothing that the system could read. */
export const refuseForm = (refuse: Refuse): never =>
  refuse('the expression has no form there', 'use burn schedule itself, or plain numbers, lists, ranges and steps')

/** Returns the expression for a system that reads five fields without `L`, `W`, `#` and `?`; `sundayIs7` when it knows Sunday as 7 too. */
export function plainCron({ fields, refuse }: UnitParts, { sundayIs7 }: { readonly sundayIs7: boolean }): string {
  if (fields.length === 6) refuse('it knows no seconds, and the expression has six fields', 'leave out the first one')
  const isPlain = fields.every((field) => !/[LW#?]/i.test(field.replace(/[a-z]{3}/gi, '')))
  const weekday = fields[4] ?? '*'
  if (!isPlain || (!sundayIs7 && weekday.replace(/\/\d+/g, '').includes('7'))) refuseForm(refuse)
  return fields.join(' ')
}

/** A word that means itself in every shell, and in systemd. */
export const isBare = (text: string): boolean => /^[\w./:=@,+-]+$/.test(text)

/** The command for a shell. */
export const shellCommand = (run: readonly string[]): string => `npx burn run ${run.map(shellQuoted).join(' ')}`

const shellQuoted = (text: string) => (isBare(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)
