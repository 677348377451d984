/** Registers the systems for which `burn schedule --print` makes units. A new system takes a file and a line here. */
import { crontab } from './crontab.ts'
import { gha } from './gha.ts'
import { k8s } from './k8s.ts'
import type { ScheduleSystem } from './system.ts'
import { systemd } from './systemd.ts'

/**
 * The scheduling systems, such as cron and systemd, for which `burn schedule --print` can print a configuration. The key is the name that the user
 * gives to the flag.
 */
export const systems = { crontab, systemd, gha, k8s } as const satisfies Readonly<Record<string, ScheduleSystem>>

/** The name of a scheduling system that `burn schedule --print` takes, such as `systemd`. */
export type UnitSystem = keyof typeof systems
