import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const PS_MS = 1000

/**
 * True when this process is in the terminal's foreground job, so that it may change the terminal's settings. A background process (`burn run …
 * &`) that tried would be stopped.
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

/** True when a line of /proc/PID/stat says that the process belongs to the foreground job of its terminal. @see proc(5) */
export function leadsTerminal(stat: string): boolean {
  // The name of the command is in parentheses and may contain parentheses itself, so that the fields are counted from the last one.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return group !== undefined && group === foreground
}
