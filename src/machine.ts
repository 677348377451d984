/** Finds out what this machine, or the container that burn runs in, allows a process to use. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8'

/** The limits of this machine on the load that it can make: open files, local ports, memory, and the heap of a process; null for an unknown limit. */
export type MachineLimits = ReturnType<typeof machineLimits>

/**
 * Reads the limits of this machine on the load that it can make: open files, local ports of one address, memory, and the heap of a process. An
 * unknown limit is null; the number of open files is Infinity when it has no limit. Never throws.
 */
export function machineLimits() {
  return {
    openFiles: openFiles(),
    localPorts: localPorts(),
    memoryBytes: memoryBytes(),
    heapBytes: getHeapStatistics().heap_size_limit,
  }
}

/** Returns the memory in bytes that this process may use: that of the machine, or less in a container with a limit. */
function memoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem()
}

/** The limit in bytes for V8's memory for new objects, both halves together. V8 by itself would let it grow to twice this size. */
const YOUNG_BYTES = 32 * 1024 * 1024
/** The factor by which V8 enlarges that memory at a time. STAYS is the factor that keeps its size. */
const GROWS = 2
const STAYS = 1
let growth = GROWS

/**
 * Keeps V8's memory for new objects from growing beyond 32 MiB; call it after each garbage collection. A load leaves few objects alive between
 * collections, so more memory would make burn larger but not faster. The call has to be repeated because V8 may enlarge the memory again after
 * shrinking it in quiet times. Does nothing when an option of Node sets the size.
 */
export function limitYoungMemory(): void {
  if (/semi.space/.test(`${process.execArgv.join(' ')} ${process.env.NODE_OPTIONS ?? ''}`)) return
  const young = getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')
  const factor = young === undefined || young.space_size < YOUNG_BYTES ? GROWS : STAYS
  if (factor === growth) return
  growth = factor
  setFlagsFromString(`--semi-space-growth-factor=${growth}`)
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Returns the limit on open files; null when unknown. Node has no getrlimit, so the limit comes from /proc on Linux and from `ulimit` elsewhere. */
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

/** The local ports of this machine from which connections can be opened: those from `low` to `high`, except the reserved ones. */
export interface PortRange {
  readonly low: number
  readonly high: number
  readonly reserved: readonly number[]
}

/** Returns the local ports from which connections can be opened; null when they are unknown, because only Linux states them in a file. */
export function localPortRange(): PortRange | null {
  const [, from, to] = /^(\d+)\s+(\d+)/.exec(read('/proc/sys/net/ipv4/ip_local_port_range') ?? '') ?? []
  if (from === undefined || to === undefined) return null
  const [low, high] = [Number(from), Number(to)]
  return { low, high, reserved: portsOf(read('/proc/sys/net/ipv4/ip_local_reserved_ports') ?? '', low, high) }
}

/** Returns the local ports from `low` to `high` that a list such as `8080,9100-9120` names, each once. */
function portsOf(list: string, low: number, high: number): number[] {
  const stretches = list
    .trim()
    .split(',')
    .map((entry) => entry.split('-').map(Number))
  const named = stretches.flatMap(([first = 0, last = first]) => {
    const from = Math.max(first, low)
    return Array.from({ length: Math.max(0, Math.min(last, high) - from + 1) }, (_, index) => from + index)
  })
  return [...new Set(named)]
}

function localPorts(): number | null {
  const range = localPortRange()
  return range && range.high - range.low + 1 - range.reserved.length
}

/**
 * Returns the folders in which the counters of this process's control group may be, for versions 2 and 1 of control groups. The first one that exists
 * is read.
 */
function places(): readonly string[] {
  const own = read('/proc/self/cgroup') ?? ''
  const path = /^0::(.*)$/m.exec(own)?.[1] ?? ''
  const cpu = /^\d+:[^:]*\bcpu\b[^:]*:(.*)$/m.exec(own)?.[1] ?? ''
  const v2 = '/sys/fs/cgroup'
  const v1 = '/sys/fs/cgroup/cpu'
  // In a container, the process's own control group often is the root of the visible tree.
  return [`${v2}${path}/cpu.stat`, `${v2}/cpu.stat`, `${v1}${cpu}/cpu.stat`, `${v1}/cpu.stat`]
}

/**
 * Returns for how long a CPU limit has kept the processes of a control group from running, in ms. Reads it from `text`, the content of the group's
 * file `cpu.stat`; null when the file does not state it.
 */
export function throttledIn(text: string): number | null {
  const microseconds = /^throttled_usec (\d+)$/m.exec(text)?.[1]
  if (microseconds !== undefined) return Number(microseconds) / 1000
  const nanoseconds = /^throttled_time (\d+)$/m.exec(text)?.[1]
  return nanoseconds === undefined ? null : Number(nanoseconds) / 1e6
}

/**
 * Measures for how long a CPU limit of the system has kept the control group (cgroup) of this process from running, since the object was created.
 * Other processes in the group count as well.
 */
export class Throttling {
  private readonly place = places().find((place) => throttledIn(read(place) ?? '') !== null)
  private readonly before = this.sum()

  private sum(): number | null {
    return this.place === undefined ? null : throttledIn(read(this.place) ?? '')
  }

  /** Returns the time in ms, since the object was made, for which this process was kept from running; null where the system does not count it. */
  read(): number | null {
    const sum = this.sum()
    return sum === null || this.before === null ? null : sum - this.before
  }
}
