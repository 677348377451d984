/** The metrics of a machine that burn knows, whatever source they come from. */

/** The unit of a metric of a machine under `burn monitor` or `monitor:`, such as `bytes` or `ratio` (0 to 1). */
export type MachineUnit = 'ratio' | 'count' | 'bytes' | 'mhz' | 'joules' | ''

interface MachineFigure {
  readonly unit: MachineUnit
  /** The name of the metric in reports. */
  readonly label: string
  readonly describe: string
}

// biome-ignore format: a catalogue is read line by line
/** The metrics of a machine under `burn monitor` or `monitor:` that go up and down, such as CPU use, the most important first. */
export const MACHINE_GAUGES = {
  cpu: { unit: 'ratio', label: 'CPU', describe: 'How busy all CPUs together are: 100 % is all of them; waiting for a disk does not count as busy' },
  cpus: { unit: 'count', label: 'CPUs', describe: 'Number of CPUs that are online' },
  cpu_mhz: { unit: 'mhz', label: 'clock', describe: 'Mean clock of its CPUs' },
  load1: { unit: '', label: 'load', describe: 'Processes that run or wait for a CPU or a disk, mean of a minute' },
  load5: { unit: '', label: 'load of 5 minutes', describe: 'Processes that run or wait for a CPU or a disk, mean of five minutes' },
  load15: { unit: '', label: 'load of 15 minutes', describe: 'Processes that run or wait for a CPU or a disk, mean of fifteen minutes' },
  memory: { unit: 'ratio', label: 'memory', describe: 'Memory in use: all but the available part; memory that only caches files counts as available' },
  memory_bytes: { unit: 'bytes', label: 'memory in use', describe: 'Memory in use, in bytes, counted like memory' },
  swap: { unit: 'ratio', label: 'swap', describe: 'Use of the swap space; unknown on a machine without any' },
  swap_bytes: { unit: 'bytes', label: 'swap in use', describe: 'Swap space in use, in bytes' },
  disk: { unit: 'ratio', label: 'disk', describe: 'How full the file system at / is, as df shows it' },
  disk_bytes: { unit: 'bytes', label: 'disk in use', describe: 'Space in use on the file system at /, in bytes' },
  connections: { unit: 'count', label: 'TCP connections', describe: 'Established TCP connections, IPv6 included' },
} as const satisfies Readonly<Record<string, MachineFigure>>

// biome-ignore format: a catalogue is read line by line
/** The metrics of a machine under `burn monitor` or `monitor:` that only grow, such as bytes read from disks. */
export const MACHINE_COUNTERS = {
  net_received_bytes: { unit: 'bytes', label: 'received', describe: 'Received over the network, loopback and virtual interfaces left out' },
  net_sent_bytes: { unit: 'bytes', label: 'sent', describe: 'Sent over the network' },
  net_received_packets: { unit: 'count', label: 'packets in', describe: 'Packets received' },
  net_sent_packets: { unit: 'count', label: 'packets out', describe: 'Packets sent' },
  net_errors: { unit: 'count', label: 'network errors', describe: 'Packets with errors, both ways' },
  net_drops: { unit: 'count', label: 'packets dropped', describe: 'Packets that the machine dropped, both ways' },
  tcp_retransmits: { unit: 'count', label: 'TCP retransmits', describe: 'TCP segments that were sent again' },
  loopback_bytes: { unit: 'bytes', label: 'loopback', describe: 'Passed between processes of the machine, over its loopback' },
  disk_read_bytes: { unit: 'bytes', label: 'read from disk', describe: 'Read from its disks' },
  disk_written_bytes: { unit: 'bytes', label: 'written to disk', describe: 'Written to its disks' },
  disk_reads: { unit: 'count', label: 'disk reads', describe: 'Read operations of its disks' },
  disk_writes: { unit: 'count', label: 'disk writes', describe: 'Write operations of its disks' },
  cpu_joules: { unit: 'joules', label: 'CPU energy', describe: 'Energy that its CPUs took, as they count it (RAPL; of its own machine burn needs to be root to read it)' },
} as const satisfies Readonly<Record<string, MachineFigure>>

/** The name of a metric of a machine that goes up and down, such as CPU use: a key of `MACHINE_GAUGES`. */
export type MachineGaugeName = keyof typeof MACHINE_GAUGES
/** The name of a metric of a machine that only grows, such as bytes read from disks: a key of `MACHINE_COUNTERS`. */
export type MachineCounterName = keyof typeof MACHINE_COUNTERS

/** The metrics of a machine (CPU, memory, network, disk) at one moment. Metrics that are not known are left out. */
export interface MachineReading {
  readonly gauges: Readonly<Partial<Record<Exclude<MachineGaugeName, 'cpu'>, number | undefined>>>
  /** The values of each growing metric, by device. */
  readonly counters: Readonly<Partial<Record<MachineCounterName, ReadonlyMap<string, number> | undefined>>>
  /** The time that all CPUs together were busy, and the whole time, both in the same unit (whichever the source has). */
  readonly cpuTime?: { readonly busy: number; readonly all: number } | undefined
  /** When the machine was started, in s since 1970. */
  readonly bootedAt?: number | undefined
}

/**
 * Returns the fraction `used` ÷ `all`, or 0 when that is negative, for a metric of a machine such as memory use; undefined when one of them is not
 * known, or `all` is not above 0.
 */
export function shareOf(used: number | undefined, all: number | undefined): number | undefined {
  return used === undefined || all === undefined || !(all > 0) ? undefined : Math.max(0, used / all)
}

/** Matches network interfaces that repeat the traffic of another one, so that it would count twice. */
const VIRTUAL = /^(?:lo|veth.*|docker\d+|br-.*|virbr\d+.*|cni.*|flannel.*|cali.*|bond\d+|team\d+|ifb\d+|.*\..*)$/
/** Matches block devices that are not physical disks, or are parts of other devices. */
const NO_DISK = /^(?:loop|ram|zram|dm-|md|sr|fd)\d/

/** True for a network interface whose traffic is counted: neither loopback nor a virtual one that repeats the traffic of another interface. */
export const isNetwork = (name: string): boolean => !VIRTUAL.test(name)

/** Returns the names of the block devices that are whole physical disks. Partitions are left out, because the traffic of a disk includes theirs. */
export function disksAmong(names: readonly string[]): ReadonlySet<string> {
  const known = names.filter((name) => !NO_DISK.test(name))
  const isPart = (name: string) =>
    known.some((other) => other !== name && name.startsWith(other) && /^p?\d+$/.test(name.slice(other.length)))
  return new Set(known.filter((name) => !isPart(name)))
}
