/** The systems for which `burn schedule --print` makes units: a file and a line for each. */
import { crontab } from './crontab.ts'
import { gha } from './gha.ts'
import { k8s } from './k8s.ts'
import type { ScheduleSystem } from './system.ts'
import { systemd } from './systemd.ts'

/** Every system by its name after --print. */
export const systems = { crontab, systemd, gha, k8s } as const satisfies Readonly<Record<string, ScheduleSystem>>

/** A system for which a unit can be printed. */
export type UnitSystem = keyof typeof systems
