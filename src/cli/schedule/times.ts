/** Computes when a cron expression is due, with the library croner, which also knows time zones. */
import { Cron } from 'croner'
import { UsageError } from '../../errors.ts'

/** The times at which a run is due by a cron expression in one time zone. */
export interface CronTimes {
  readonly expression: string
  readonly timeZone: string
  /** Returns the first due time after `from`; undefined when there is none. */
  next(from: Date): Date | undefined
  /** Formats a time in the time zone of the expression: `Mon 2026-03-30 02:30:00 GMT+2`. */
  text(at: Date): string
}

/** Returns the name of this machine's time zone, such as `Europe/Berlin`. */
export const ownTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/**
 * Parses a cron expression and returns the times at which a run is due. The expression has five fields, or six with seconds first, or is a name such
 * as `@daily`. When clocks go forward, a run that is due in the skipped hour starts right after it. When clocks go back, a fixed time is due only
 * once, and an interval (such as every ten minutes) goes on through both hours.
 * @throws UsageError for an invalid expression or time zone
 */
export function cronTimes(expression: string, timeZone: string): CronTimes {
  checkTimeZone(timeZone)
  const cron = readCron(expression, timeZone)
  if (cron.nextRun() === null)
    throw new UsageError(`--cron "${expression}" is never due`, 'look at the days and months: there is no 30 February')
  return { expression, timeZone, next: (from) => cron.nextRun(from) ?? undefined, text: (at) => momentText(at, timeZone) }
}

function checkTimeZone(timeZone: string): void {
  try {
    Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw new UsageError(
      `--tz ${timeZone}: there is no such time zone`,
      'a name of the IANA database, such as Europe/Berlin or UTC',
    )
  }
}

const FIELDS = 'minute hour day month weekday, such as "0 */6 * * *", or @hourly, @daily, @weekly, @monthly'

function readCron(expression: string, timezone: string): Cron {
  const fields = expression.trim().split(/\s+/)
  // For another number of fields, the message of croner would mention a seventh, which burn does not accept.
  if (!expression.includes('@') && fields.length !== 5 && fields.length !== 6)
    throw new UsageError(`--cron "${expression}": it has ${fields.length} fields, expected 5, or 6 with seconds first`, FIELDS)
  if (/^\s*@reboot\s*$/i.test(expression))
    throw new UsageError(
      '--cron "@reboot": burn schedule goes by times, and the start of a machine is none',
      `write a line of cron itself, "@reboot cd … && npx burn run …"; here ${FIELDS}`,
    )
  try {
    return new Cron(expression, { timezone, paused: true, mode: '5-or-6-parts', fixedTimeRule: 'no-wildcard' })
  } catch (error) {
    const words = error instanceof Error ? error.message.replace(/^Cron\w*: /, '') : String(error)
    throw new UsageError(`--cron "${expression}": ${words}`, FIELDS)
  }
}

function momentText(at: Date, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    ...{ weekday: 'short', year: 'numeric', month: '2-digit', day: '2-digit' },
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
  })
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return `${part.weekday} ${part.year}-${part.month}-${part.day} ${part.hour}:${part.minute}:${part.second} ${part.timeZoneName}`
}
