/** Reads the metrics of another machine from the Prometheus node-exporter that runs on it. */
import { type SideAccess, SideClient } from '../asking/client.ts'
import type { PrometheusSample } from '../asking/prometheus.ts'
import { scrape } from '../asking/scrape.ts'
import { disksAmong, isNetwork, type MachineCounterName, type MachineReading, shareOf } from './catalogue.ts'
import type { MachineSource } from './local.ts'
import { used } from './proc.ts'

/** The growing metrics that have a value for each device, by node-exporter's name without `_total`. */
const BY_DEVICE: Readonly<Record<string, MachineCounterName>> = {
  node_network_receive_bytes: 'net_received_bytes',
  node_network_transmit_bytes: 'net_sent_bytes',
  node_network_receive_packets: 'net_received_packets',
  node_network_transmit_packets: 'net_sent_packets',
  node_network_receive_errs: 'net_errors',
  node_network_transmit_errs: 'net_errors',
  node_network_receive_drop: 'net_drops',
  node_network_transmit_drop: 'net_drops',
  node_disk_read_bytes: 'disk_read_bytes',
  node_disk_written_bytes: 'disk_written_bytes',
  node_disk_reads_completed: 'disk_reads',
  node_disk_writes_completed: 'disk_writes',
}
/** Names of node-exporter's metrics that have a single value, or of which only one counts. */
const SINGLE = [
  'node_load1',
  'node_load5',
  'node_load15',
  'node_memory_MemTotal_bytes',
  'node_memory_MemAvailable_bytes',
  'node_memory_MemFree_bytes',
  'node_memory_Buffers_bytes',
  'node_memory_Cached_bytes',
  'node_memory_SwapTotal_bytes',
  'node_memory_SwapFree_bytes',
  'node_netstat_Tcp_CurrEstab',
  'node_netstat_Tcp_RetransSegs',
  'node_boot_time_seconds',
] as const
const DISK = ['node_filesystem_size_bytes', 'node_filesystem_free_bytes', 'node_filesystem_avail_bytes'] as const
const CPU = 'node_cpu_seconds_total'
const ENERGY = 'node_rapl_package_joules_total'
const CLOCKS = ['node_cpu_scaling_frequency_hertz', 'node_cpu_frequency_hertz']
const NAME = 'node_uname_info'

const SELECTED: ReadonlySet<string> = new Set([
  ...Object.keys(BY_DEVICE).map((name) => `${name}_total`),
  ...SINGLE,
  ...DISK,
  ...CLOCKS,
  CPU,
  ENERGY,
  NAME,
])

/** The longest time in ms for reading a whole machine. It takes longer than for a server, because the exporter asks the kernel for everything. */
const TIMEOUT_MS = 2000

/** Reads the metrics of a machine (CPU, memory, network, disk) from the Prometheus node-exporter that runs on it. */
export class ExporterMachine implements MachineSource {
  readonly from: string
  host: string | null = null
  private readonly client: SideClient

  constructor(url: string, access: SideAccess) {
    this.client = new SideClient(url, access)
    this.from = this.client.shownUrl
  }

  async read(): Promise<MachineReading> {
    const { samples } = await scrape(this.client, (name) => SELECTED.has(name), TIMEOUT_MS)
    if (!samples.some(({ name }) => name.startsWith('node_')))
      throw new Error('the answer holds no metric of a node-exporter; the address is usually http://host:9100/metrics')
    const named = samples.find(({ name }) => name === NAME)
    this.host = (named && label(named, 'nodename')) ?? this.host
    return readExporter(samples)
  }

  async processes(): Promise<null> {
    return null
  }

  close(): Promise<void> {
    return this.client.close()
  }
}

const label = ({ labels }: PrometheusSample, asked: string) => labels.find(([name]) => name === asked)?.[1]

/** Returns the metrics of a machine (CPU, memory, network, disk) at one moment, from a reply of its Prometheus node-exporter. */
export function readExporter(samples: readonly PrometheusSample[]): MachineReading {
  const root = samples.filter((one) => label(one, 'mountpoint') === '/')
  const value = (name: string, among = samples) => {
    const found = among.find((one) => one.name === name)?.value
    // None of these can be below 0; a negative value is an error of the exporter and is ignored.
    return found !== undefined && Number.isFinite(found) && found >= 0 ? found : undefined
  }
  const clocks = samples.filter(({ name, value: hertz }) => CLOCKS.includes(name) && hertz > 0)
  const [size, free, avail] = DISK.map((name) => value(name, root))
  const taken = size === undefined || free === undefined ? undefined : size - free
  const memory = (name: string) => value(`node_memory_${name}_bytes`)
  const cached = [memory('MemFree'), memory('Buffers') ?? 0, memory('Cached') ?? 0]
  const oldAvailable = cached[0] === undefined ? undefined : cached.reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0)
  const retransmits = value('node_netstat_Tcp_RetransSegs')
  return {
    gauges: {
      cpus: new Set(samples.flatMap((one) => (one.name === CPU ? (label(one, 'cpu') ?? []) : []))).size || undefined,
      cpu_mhz: clocks.length === 0 ? undefined : clocks.reduce((sum, { value: hertz }) => sum + hertz, 0) / clocks.length / 1e6,
      load1: value('node_load1'),
      load5: value('node_load5'),
      load15: value('node_load15'),
      ...used(memory('MemTotal'), memory('MemAvailable') ?? oldAvailable, 'memory'),
      ...used(memory('SwapTotal'), memory('SwapFree'), 'swap'),
      disk: taken === undefined || avail === undefined ? undefined : shareOf(taken, taken + avail),
      disk_bytes: taken,
      connections: value('node_netstat_Tcp_CurrEstab'),
    },
    counters: {
      ...countersOf(samples),
      tcp_retransmits: retransmits === undefined ? undefined : new Map([['', retransmits]]),
    },
    cpuTime: cpuTimeOf(samples),
    bootedAt: value('node_boot_time_seconds'),
  }
}

/** Returns the CPU time from node-exporter's samples. The time of guests is left out, because it is also part of the user time. */
function cpuTimeOf(samples: readonly PrometheusSample[]): MachineReading['cpuTime'] {
  const times = samples.filter(({ name, value }) => name === CPU && Number.isFinite(value))
  if (times.length === 0) return undefined
  const sum = (rows: readonly PrometheusSample[]) => rows.reduce((total, { value }) => total + value, 0)
  const idle = times.filter((one) => ['idle', 'iowait'].includes(label(one, 'mode') ?? ''))
  return { all: sum(times), busy: sum(times) - sum(idle) }
}

function countersOf(samples: readonly PrometheusSample[]): Partial<Record<MachineCounterName, Map<string, number>>> {
  const counters: Partial<Record<MachineCounterName, Map<string, number>>> = {}
  const disks = disksAmong(samples.flatMap((one) => (one.name.startsWith('node_disk_') ? (label(one, 'device') ?? []) : [])))
  const add = (name: MachineCounterName, device: string, value: number) => {
    const known = counters[name] ?? new Map<string, number>()
    known.set(device, (known.get(device) ?? 0) + value)
    counters[name] = known
  }
  for (const one of samples) {
    if (one.name === ENERGY && one.value >= 0) add('cpu_joules', label(one, 'index') ?? '', one.value)
    const name = BY_DEVICE[one.name.replace(/_total$/, '')]
    const device = label(one, 'device')
    if (name === undefined || device === undefined || !Number.isFinite(one.value)) continue
    if (device === 'lo' && name === 'net_received_bytes') add('loopback_bytes', device, one.value)
    if (one.name.startsWith('node_disk_') ? disks.has(device) : isNetwork(device)) add(name, device, one.value)
  }
  return counters
}
