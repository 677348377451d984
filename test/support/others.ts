/** How much of the machine others use: CPU time of all processes but those of this run of tests, and time that the host of a virtual machine took. */
import { readdirSync, readFileSync } from 'node:fs'

interface Times {
  /** CPU time of all processes, in clock ticks. */
  readonly all: number
  /** CPU time of this run of tests: of the parent of this process and all below it, those that have ended included, in clock ticks. */
  readonly own: number
  /** Time that has passed, busy or not, of all cores together, in clock ticks. */
  readonly capacity: number
}

/**
 * Begins to measure. The function that it returns tells which share of all cores others have used since: 0 to 1; NaN where the machine does not
 * say, as outside of Linux.
 */
export function watchOthers(): () => number {
  const before = read()
  return () => {
    const after = read()
    if (!before || !after) return Number.NaN
    const others = after.all - before.all - (after.own - before.own)
    return Math.max(0, others) / (after.capacity - before.capacity)
  }
}

function read(): Times | undefined {
  try {
    const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, hard = 0, soft = 0, stolen = 0] = (
      readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
    )
      .split(/\s+/)
      .slice(1)
      .map(Number)
    // Interrupts are left out: nobody says whose they are, and most are of this load's own packets.
    const all = user + nice + system + stolen
    return { all, own: ownTicks(), capacity: all + idle + wait + hard + soft }
  } catch {
    return undefined
  }
}

/** The CPU time of the process that started this one, of all processes below it, and of those that have ended. */
function ownTicks(): number {
  const processes = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? statOf(Number(name)) : []))
  const ticksOf = (pid: number): number =>
    processes.reduce((sum, one) => sum + (one.pid === pid ? one.ticks : 0) + (one.parent === pid ? ticksOf(one.pid) : 0), 0)
  return ticksOf(process.ppid)
}

/** A process and its parent; nothing when it has just ended. @see proc_pid_stat(5) */
function statOf(pid: number): { pid: number; parent: number; ticks: number }[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name of the program comes before and may hold anything, also spaces and brackets.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number)
    const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0)
    return [{ pid, parent: fields[1] ?? 0, ticks }]
  } catch {
    return []
  }
}
