import { plainCron, type ScheduleSystem, shellCommand } from './system.ts'

const FLOCK = { skip: 'flock -n .burn-schedule.lock ', queue: 'flock .burn-schedule.lock ', allow: '' } as const

/** The scheduling system cron, for which `burn schedule --print` prints a line for a crontab. */
export const crontab: ScheduleSystem = {
  overlaps: ['skip', 'queue', 'allow'],
  unit: (parts) => {
    const command = shellCommand(parts.run)
    const note = command.includes('%') ? '# % ends a command in a crontab, so each is behind a backslash.\n' : ''
    return `# Debian's cron goes by the machine's time zone; cronie and others read CRON_TZ.
CRON_TZ=${parts.timeZone}
${note}${plainCron(parts, { sundayIs7: true })} cd "$HOME/your-project" && ${FLOCK[parts.overlap]}${command.replaceAll('%', '\\%')}
`
  },
}
