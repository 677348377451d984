import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const PS_MS = 1000

/**
 * True when this process may change the settings of its terminal: it belongs to the job in the foreground. One in the background
 * (`burn run … &`) would be stopped for it.
 */
export function isForeground(): boolean {
  try {
    if (process.platform === 'linux') return leadsTerminal(readFileSync('/proc/self/stat', 'utf8'))
    const stdio = ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore']
    return execFileSync('ps', ['-o', 'stat=', '-p', String(process.pid)], { encoding: 'utf8', timeout: PS_MS, stdio }).includes(
      '+',
    )
  } catch {
    return false
  }
}

/** Reads a line of /proc/PID/stat: whether the group of the process is the one in the foreground of its terminal. @see proc(5) */
export function leadsTerminal(stat: string): boolean {
  // The name of the command stands in parentheses, and may hold some itself.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group !== undefined && group === foreground
}
