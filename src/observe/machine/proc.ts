/** Parses the files of /proc on Linux. Values that a kernel does not have, or has in another form, are left out. @see proc(5) */
import { disksAmong, isNetwork, type MachineCounterName, type MachineReading, shareOf } from './catalogue.ts'

/** The contents of the files in /proc at one moment; undefined for a file that does not exist. */
export interface ProcTexts {
  readonly stat?: string | undefined
  readonly loadavg?: string | undefined
  readonly meminfo?: string | undefined
  readonly cpuinfo?: string | undefined
  readonly netDev?: string | undefined
  readonly netSnmp?: string | undefined
  readonly diskstats?: string | undefined
}

/** The size in bytes of a disk sector in the kernel's counts, whatever the sector size of the disk. */
const SECTOR_BYTES = 512

type CounterReadings = Partial<Record<MachineCounterName, Map<string, number>>>

/** Returns the metrics of a Linux machine from the contents of its files in /proc. */
export function readProc(texts: ProcTexts): MachineReading {
  const { stat = '', cpuinfo = '', netSnmp = '' } = texts
  const tcp = tcpOf(netSnmp)
  const booted = /^btime (\d+)$/m.exec(stat)?.[1]
  return {
    gauges: {
      cpus: stat.match(/^cpu\d+ /gm)?.length,
      cpu_mhz: meanMhz(cpuinfo),
      ...loadOf(texts.loadavg ?? ''),
      ...memoryOf(texts.meminfo ?? ''),
      connections: tcp.get('CurrEstab'),
    },
    counters: {
      ...networkOf(texts.netDev ?? ''),
      ...disksOf(texts.diskstats ?? ''),
      tcp_retransmits: single(tcp.get('RetransSegs')),
    },
    cpuTime: cpuTimeOf(stat),
    bootedAt: booted === undefined ? undefined : Number(booted),
  }
}

const single = (value: number | undefined) => (value === undefined ? undefined : new Map([['', value]]))

/**
 * Returns the CPU time from the line `cpu` of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal. The time of guests is already part
 * of the first two.
 */
function cpuTimeOf(stat: string): MachineReading['cpuTime'] {
  const numbers = /^cpu +(\d[\d ]*)$/m.exec(stat)?.[1]?.trim().split(/ +/).map(Number).slice(0, 8)
  if (numbers === undefined || numbers.length < 4) return undefined
  const all = numbers.reduce((sum, time) => sum + time, 0)
  return { all, busy: all - (numbers[3] ?? 0) - (numbers[4] ?? 0) }
}

function meanMhz(cpuinfo: string): number | undefined {
  const clocks = Array.from(cpuinfo.matchAll(/^cpu MHz\s*: (\d+(?:\.\d+)?)$/gm), ([, mhz]) => Number(mhz))
  return clocks.length === 0 ? undefined : clocks.reduce((sum, mhz) => sum + mhz, 0) / clocks.length
}

function loadOf(text: string): MachineReading['gauges'] {
  const [, load1, load5, load15] = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text) ?? []
  return load15 === undefined ? {} : { load1: Number(load1), load5: Number(load5), load15: Number(load15) }
}

/** Returns the memory metrics from /proc/meminfo. Kernels before 3.14 do not state the available memory; free memory plus caches stands in for it. */
function memoryOf(text: string): MachineReading['gauges'] {
  const bytes = new Map(
    Array.from(text.matchAll(/^(\w+(?:\(\w+\))?):\s+(\d+) kB$/gm), ([, name = '', kb]) => [name, Number(kb) * 1024]),
  )
  const [total, free, swapTotal, swapFree] = ['MemTotal', 'MemFree', 'SwapTotal', 'SwapFree'].map((name) => bytes.get(name))
  const available =
    bytes.get('MemAvailable') ??
    (free === undefined ? undefined : free + (bytes.get('Buffers') ?? 0) + (bytes.get('Cached') ?? 0))
  return { ...used(total, available, 'memory'), ...used(swapTotal, swapFree, 'swap') }
}

/**
 * Returns the metrics of memory in use or of swap in use (`name` says which): as a fraction under the key `name`, and in bytes under `memory_bytes`
 * or `swap_bytes`. `total` is the number of bytes that exist, `free` of those that are free. Both metrics are undefined when one of these is unknown
 * or `free` is larger than `total`; the fraction also when `total` is 0.
 */
export function used(total: number | undefined, free: number | undefined, name: 'memory' | 'swap'): MachineReading['gauges'] {
  const bytes = total === undefined || free === undefined || free > total ? undefined : total - free
  return { [name]: shareOf(bytes, total), [`${name}_bytes`]: bytes }
}

/** Returns the TCP metrics from /proc/net/snmp, where one line has their names and the next one their values. */
function tcpOf(text: string): ReadonlyMap<string, number> {
  const [names = '', values = ''] = Array.from(text.matchAll(/^Tcp: (.*)$/gm), ([, line = '']) => line)
  const numbers = values.split(' ')
  return new Map(
    names.split(' ').flatMap((name, at) => (/^\d+$/.test(numbers[at] ?? '') ? [[name, Number(numbers[at])] as const] : [])),
  )
}

/** Adds the value of a device to a growing metric, such as bytes read from disks. */
function add(counters: CounterReadings, name: MachineCounterName, device: string, value: number): void {
  const known = counters[name] ?? new Map<string, number>()
  known.set(device, (known.get(device) ?? 0) + value)
  counters[name] = known
}

/**
 * Parses /proc/net/dev: lines `eth0: bytes packets errs drop fifo frame compressed multicast`, followed by the same for sent data. Old kernels write
 * no space after the colon.
 */
function networkOf(text: string): CounterReadings {
  const counters: CounterReadings = {}
  for (const [, name = '', numbers = ''] of text.matchAll(/^\s*([^\s:]+(?::\d+)?):\s*(\d[\d ]*)$/gm)) {
    const [bytes = 0, packets = 0, errors = 0, drops = 0, ...rest] = numbers.trim().split(/ +/).map(Number)
    const [sent = 0, sentPackets = 0, sentErrors = 0, sentDrops = 0] = rest.slice(4)
    if (rest.length < 8) continue
    if (name === 'lo') add(counters, 'loopback_bytes', name, bytes)
    if (!isNetwork(name)) continue
    add(counters, 'net_received_bytes', name, bytes)
    add(counters, 'net_sent_bytes', name, sent)
    add(counters, 'net_received_packets', name, packets)
    add(counters, 'net_sent_packets', name, sentPackets)
    add(counters, 'net_errors', name, errors + sentErrors)
    add(counters, 'net_drops', name, drops + sentDrops)
  }
  return counters
}

/** Parses /proc/diskstats: lines `8 0 sda reads merged sectors ms writes merged sectors …`. */
function disksOf(text: string): CounterReadings {
  const counters: CounterReadings = {}
  const rows = Array.from(text.matchAll(/^\s*\d+\s+\d+ (\S+) (\d[\d ]*)$/gm), ([, name = '', numbers = '']) => {
    return { name, numbers: numbers.trim().split(/ +/).map(Number) }
  })
  const disks = disksAmong(rows.map(({ name }) => name))
  for (const { name, numbers } of rows) {
    const [reads = 0, , readSectors = 0, , writes = 0, , writtenSectors = 0] = numbers
    if (numbers.length < 7 || !disks.has(name)) continue
    add(counters, 'disk_reads', name, reads)
    add(counters, 'disk_writes', name, writes)
    add(counters, 'disk_read_bytes', name, readSectors * SECTOR_BYTES)
    add(counters, 'disk_written_bytes', name, writtenSectors * SECTOR_BYTES)
  }
  return counters
}

/** The CPU time and memory of one process at one moment. */
export interface ProcessReading {
  readonly pid: number
  /** The name of the process in the kernel: at most 15 bytes, untrusted. */
  readonly name: string
  /** The CPU time that the process has used, in s. */
  readonly cpuSeconds: number
  /** When the process was started, in clock ticks since boot. Together with the pid, it distinguishes the process from later ones. */
  readonly startedAt: string
  readonly rssBytes: number | null
}

/** The number of clock ticks in a second in the kernel's process times (USER_HZ), which is the same on every architecture that Node supports. */
const TICKS_PER_SECOND = 100

/**
 * Parses `/proc/<pid>/stat` and `status` of a process; undefined when `stat` has an unknown form. The process name is read up to the last closing
 * parenthesis, because it may contain spaces and parentheses.
 */
export function readProcess(stat: string, status: string): ProcessReading | undefined {
  const [, pid, name = '', rest = ''] = /^(\d+) \((.*)\) (.*)$/s.exec(stat) ?? []
  const fields = rest.trim().split(' ')
  const [user, system, startedAt] = [fields[11], fields[12], fields[19]]
  if (pid === undefined || startedAt === undefined || !/^\d+$/.test(`${user}${system}${startedAt}`)) return undefined
  const rss = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]
  return {
    pid: Number(pid),
    name,
    cpuSeconds: (Number(user) + Number(system)) / TICKS_PER_SECOND,
    startedAt,
    rssBytes: rss === undefined ? null : Number(rss) * 1024,
  }
}
