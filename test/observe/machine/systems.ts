/** Machines that are read as a test says. */
import type { LocalSystem } from '../../../src/observe/machine/local.ts'

/** A system whose files are `files`. */
export const systemOf = (files: Readonly<Record<string, string>>, platform: NodeJS.Platform = 'linux'): LocalSystem => ({
  platform,
  text: async (path) => files[path],
  names: async () => [
    ...new Set([...Object.keys(files).map((path) => path.split('/')[2] ?? ''), '1', '77', '78', String(process.pid), 'self']),
  ],
  link: async (path) => files[path],
})

export const statOf = (pid: number, name: string, ticks: number, startedAt = 5) =>
  `${pid} (${name}) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${startedAt} 0 0`
