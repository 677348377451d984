import { isBare, type Refuse, refuseForm, type ScheduleSystem, type UnitParts } from './system.ts'

/** The scheduling system systemd, for which `burn schedule --print` prints a service and its timer. */
export const systemd: ScheduleSystem = {
  overlaps: ['skip'],
  unit: (parts) => `# ~/.config/systemd/user/burn.service
[Unit]
Description=Load test

[Service]
Type=oneshot
WorkingDirectory=%h/your-project
ExecStart=/usr/bin/env npx burn run ${parts.run.map(systemdQuoted).join(' ')}

# ~/.config/systemd/user/burn.timer; a timer starts nothing while its service goes on
[Unit]
Description=Load test on schedule

[Timer]
${calendarsOf(parts)
  .map((calendar) => `OnCalendar=${calendar} ${parts.timeZone}`)
  .join('\n')}
Persistent=false

[Install]
WantedBy=timers.target
`,
}

/** Quotes a word for a systemd command line, where a backslash escapes in all quotes, `$` begins a variable and `%` a specifier. */
function systemdQuoted(text: string): string {
  if (isBare(text)) return text
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')
  return `"${escaped.replace(/[$%]/g, '$&$&')}"`
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] // cron accepts both 0 and 7 for Sunday

/**
 * Converts the fields of a cron expression to calendar events of systemd. When cron restricts both the day and the weekday, a time matches either, so
 * two events are returned.
 */
function calendarsOf({ fields, refuse }: UnitParts): string[] {
  const [second, minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] =
    fields.length === 6 ? fields : ['0', ...fields]
  const time = [hour, minute, second ?? '0'].map((field) => numbersOf(field, 0, refuse)).join(':')
  const days = weekdaysOf(weekday, refuse)
  const date = (ofDay: string) => `*-${numbersOf(month, 1, refuse, MONTHS)}-${numbersOf(ofDay, 1, refuse)}`
  if (days === '') return [`${date(day)} ${time}`]
  if (isAny(day)) return [`${days} ${date('*')} ${time}`]
  return [`${date(day)} ${time}`, `${days} ${date('*')} ${time}`]
}

const MONTHS = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const isAny = (field: string) => field === '*' || field === '?'

/**
 * Converts a field of numbers to systemd's form: `1-5,*\/10` becomes `1..5,0/10`. `start` is the smallest value of the field, `names` are names for
 * its values. Calls `refuse` for a form that systemd does not know.
 */
function numbersOf(field: string, start: number, refuse: Refuse, names: readonly string[] = []): string {
  const parts = field.split(',')
  if (parts.some(isAny)) return '*'
  const numbers = parts.map((part) => {
    const named = part.replace(/[a-z]{3}/gi, (name) => String(names.indexOf(name.toUpperCase())))
    if (!/^(?:\*|\d+(?:-\d+)?)(?:\/\d+)?$/.test(named)) refuseForm(refuse)
    return named.replace('*', String(start)).replace('-', '..')
  })
  return numbers.join(',')
}

/**
 * Converts the field of weekdays to systemd's form: `1-5`, `MON-FRI` and `0,6` become `Mon..Fri` and `Sun,Sat`; '' for every day. In systemd a week
 * begins on Monday.
 */
function weekdaysOf(field: string, refuse: Refuse): string {
  if (isAny(field)) return ''
  const name = (text: string) =>
    /^\d$/.test(text) ? (DAYS[Number(text)] ?? text) : `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`
  if (!/^[\w,-]+$/.test(field) || /[LW]\b/.test(field)) refuseForm(refuse)
  return field
    .split(',')
    .map((part) => {
      const [from = '', to] = part.split('-')
      if (to === undefined) return name(from)
      if (name(from) !== 'Sun' || from === '7') return `${name(from)}..${name(to)}`
      return to === '0' ? 'Sun' : `Sun,Mon..${name(to)}`
    })
    .join(',')
}
