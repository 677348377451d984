/** The schedule as a unit of a system that keeps its own: crontab, systemd, GitHub Actions, Kubernetes. */
import { UsageError } from '../../errors.ts'
import type { Overlap } from './due-runs.ts'
import type { CronTimes } from './times.ts'

/** The systems for which a unit can be printed. */
export const UNIT_SYSTEMS = ['crontab', 'systemd', 'gha', 'k8s'] as const
/** A system for which a unit can be printed. */
export type UnitSystem = (typeof UNIT_SYSTEMS)[number]

interface UnitParts {
  readonly times: CronTimes
  /** The five fields of the expression. */
  readonly fields: readonly string[]
  readonly overlap: Overlap
  /** The command, quoted for a shell. */
  readonly command: string
  readonly run: readonly string[]
}

/** Returns the text of a unit that runs `burn run` with these arguments when a cron expression is due. @throws UsageError for seconds, which only `burn schedule` and systemd have */
export function unitText(kind: UnitSystem, times: CronTimes, asked: Overlap | undefined, run: readonly string[]): string {
  const overlap = asked ?? FOLLOWED[kind][0]
  const fields = (NICKNAMES[times.expression.toLowerCase()] ?? times.expression).trim().split(/\s+/)
  if (fields.length === 6 && kind !== 'systemd')
    throw new UsageError(`--print ${kind}: it knows no seconds, and the expression has six fields`, 'leave out the first one')
  if (kind !== 'systemd' && fields.some((field) => /[LW#?]/i.test(field.replace(NAMES, '')))) throw noForm(kind, times.expression)
  if ((kind === 'gha' || kind === 'k8s') && /7/.test((fields[4] ?? '').replace(/#.*|\/\d+/, '')))
    throw noForm(kind, times.expression)
  if (run.some((word) => /[\n\r]/.test(word)))
    throw new UsageError(`--print ${kind}: a word of the command has more than one line`)
  if (kind === 'gha' && times.timeZone !== 'UTC')
    throw new UsageError(`--print gha: GitHub goes by UTC, not by ${times.timeZone}`, 'write the hours in UTC, and add --tz UTC')
  if (!FOLLOWED[kind].includes(overlap))
    throw new UsageError(
      `--print ${kind}: it has no --overlap ${overlap}`,
      `it can do ${FOLLOWED[kind].join(' and ')}; burn schedule itself can do all`,
    )
  const command = `npx burn run ${run.map(quoted).join(' ')}`
  return UNITS[kind]({ times, fields, overlap, command, run })
}

/** Names of months and days. */
const NAMES = /[a-z]{3}/gi

/** What each system can do with a run that is due while another one goes on; the first is what it does by itself. */
const FOLLOWED: Readonly<Record<UnitSystem, readonly [Overlap, ...Overlap[]]>> = {
  crontab: ['skip', 'queue', 'allow'],
  systemd: ['skip'],
  gha: ['queue', 'allow'],
  k8s: ['skip', 'allow'],
}

const noForm = (kind: UnitSystem, expression: string) =>
  new UsageError(
    `--print ${kind}: "${expression}" has no form there`,
    'use burn schedule itself, or plain numbers, lists, ranges and steps',
  )

const NICKNAMES: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

const quoted = (text: string) => (/^[\w./:=@,+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const crontab = ({ times, fields, overlap, command }: UnitParts) => {
  const locked = overlap === 'allow' ? command : `flock ${overlap === 'skip' ? '-n ' : ''}.burn-schedule.lock ${command}`
  return `# Debian's cron goes by the machine's time zone; cronie and others read CRON_TZ.
CRON_TZ=${times.timeZone}
# % ends a command in a crontab, so each is behind a backslash.
${fields.join(' ')} cd "$HOME/your-project" && ${locked.replaceAll('%', '\\%')}
`
}

/** A word of a systemd command: there a backslash escapes in quotes of both kinds, `$` begins a variable and `%` a specifier. */
function systemdQuoted(text: string): string {
  if (quoted(text) === text) return text
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')
  return `"${escaped.replace(/[$%]/g, '$&$&')}"`
}

const systemd = ({ times, fields, run }: UnitParts) => `# ~/.config/systemd/user/burn.service
[Unit]
Description=Load test

[Service]
Type=oneshot
WorkingDirectory=%h/your-project
ExecStart=/usr/bin/env npx burn run ${run.map(systemdQuoted).join(' ')}

# ~/.config/systemd/user/burn.timer; a timer starts nothing while its service goes on
[Unit]
Description=Load test on schedule

[Timer]
${calendarsOf(fields)
  .map((calendar) => `OnCalendar=${calendar} ${times.timeZone}`)
  .join('\n')}
Persistent=false

[Install]
WantedBy=timers.target
`

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] // cron knows Sunday as 0 and as 7

/** Cron fields as calendar events of systemd. Where cron restricts both day and weekday, either will do: two events. */
function calendarsOf(fields: readonly string[]): string[] {
  const [second, minute = '*', hour = '*', day = '*', month = '*', weekday = '*'] =
    fields.length === 6 ? fields : ['0', ...fields]
  const time = [hour, minute, second ?? '0'].map((field) => numbersOf(field)).join(':')
  const days = weekdaysOf(weekday)
  const date = (ofDay: string) => `*-${numbersOf(month, 1, MONTHS)}-${numbersOf(ofDay, 1)}`
  if (days === '') return [`${date(day)} ${time}`]
  if (isAny(day)) return [`${days} ${date('*')} ${time}`]
  return [`${date(day)} ${time}`, `${days} ${date('*')} ${time}`]
}

const MONTHS = ['', 'JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC']
const isAny = (field: string) => field === '*' || field === '?'

/** `1-5,*\/10` as systemd writes it: `1..5,0/10`. `start` is the least number that the field can have. */
function numbersOf(field: string, start = 0, names: readonly string[] = []): string {
  const parts = field.split(',')
  if (parts.some(isAny)) return '*'
  const numbers = parts.map((part) => {
    const named = part.replace(/[a-z]{3}/gi, (name) => String(names.indexOf(name.toUpperCase())))
    if (!/^(?:\*|\d+(?:-\d+)?)(?:\/\d+)?$/.test(named)) throw noForm('systemd', field)
    return named.replace('*', String(start)).replace('-', '..')
  })
  return numbers.join(',')
}

/** `1-5`, `MON-FRI` and `0,6` as `Mon..Fri` and `Sun,Sat`; '' for every day. A week of systemd begins on Monday. */
function weekdaysOf(field: string): string {
  if (isAny(field)) return ''
  const name = (text: string) =>
    /^\d$/.test(text) ? (DAYS[Number(text)] ?? text) : `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`
  if (!/^[\w,-]+$/.test(field) || /[LW]\b/.test(field)) throw noForm('systemd', field)
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

const gha = ({ fields, overlap, command }: UnitParts) => `# .github/workflows/burn-schedule.yml
name: load test
on:
  workflow_dispatch:
  schedule:
    # GitHub goes by UTC
    - cron: '${fields.join(' ')}'
concurrency:
  group: load-test${overlap === 'allow' ? '-${{ github.run_id }}' : ''}
jobs:
  burn:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with: { node-version: 24 }
      - run: npm ci
      - run: ${JSON.stringify(command.replaceAll('${{', "${{ '${{' }}"))}
`

const k8s = ({ times, fields, overlap, run }: UnitParts) => `apiVersion: batch/v1
kind: CronJob
metadata:
  name: burn
spec:
  schedule: ${JSON.stringify(fields.join(' '))}
  timeZone: ${JSON.stringify(times.timeZone)}
  concurrencyPolicy: ${overlap === 'skip' ? 'Forbid' : 'Allow'}
  jobTemplate:
    spec:
      backoffLimit: 0 # a failed load test is a result, not a reason to try again
      template:
        spec:
          restartPolicy: Never
          terminationGracePeriodSeconds: 60
          containers:
            - name: burn
              image: your-registry/burn:latest # an image with your scenarios, in which \`npx burn\` works
              command: [npx, burn, run, ${run.map((word) => JSON.stringify(word.replaceAll('$(', '$$$$('))).join(', ')}] # $( begins a variable there, $$( does not
`

const UNITS: Readonly<Record<UnitSystem, (parts: UnitParts) => string>> = { crontab, systemd, gha, k8s }
