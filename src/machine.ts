/** What this machine, or the container that burn runs in, allows a process. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** The limits of this machine that matter for a load: open files, local ports and memory; null for one that is unknown. */
export type MachineLimits = ReturnType<typeof machineLimits>

/** Returns the limits of this machine that matter for a load: open files, local ports and memory. Null for one that is unknown; never throws. */
export function machineLimits() {
  return { openFiles: openFiles(), localPorts: localPorts(), memoryBytes: memoryBytes() }
}

/** Memory that this process may use: that of the machine, or less in a container with a limit. */
function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Limit of open files, null when unknown. Node has no getrlimit, so it comes from /proc on Linux, elsewhere from `ulimit`. */
function openFiles(): number | null {
  const limit = /^Max open files\s+(\d+|unlimited)/m.exec(read('/proc/self/limits') ?? '')?.[1] ?? shellLimit()
  if (limit === 'unlimited') return Number.POSITIVE_INFINITY
  return limit === undefined ? null : Number(limit)
}

function shellLimit(): string | undefined {
  try {
    return /^(\d+|unlimited)\s*$/.exec(execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8', timeout: 2000 }))?.[1]
  } catch {
    return undefined
  }
}

function localPorts(): number | null {
  const [, low, high] = /^(\d+)\s+(\d+)/.exec(read('/proc/sys/net/ipv4/ip_local_port_range') ?? '') ?? []
  return low === undefined || high === undefined ? null : Number(high) - Number(low) + 1
}
