/** Reads the metrics of the machine that burn runs on: from /proc on Linux, from Node on other systems. */
import { readdir, readFile, readlink, statfs } from 'node:fs/promises'
import { cpus, freemem, hostname, loadavg, totalmem } from 'node:os'
import { basename } from 'node:path'
import type { MachineReading } from './catalogue.ts'
import { shareOf } from './catalogue.ts'
import { CpuEnergy, type SystemFiles } from './cpu-energy.ts'
import { type ProcessReading, readProc, readProcess, used } from './proc.ts'

/** The source from which `burn monitor` or `monitor:` reads the metrics of a machine: this machine itself, or the node-exporter on another. */
export interface MachineSource {
  /** The address of the node-exporter, without query; null for this machine. */
  readonly from: string | null
  /** The host name of the machine; null while it is not known. Untrusted. */
  readonly host: string | null
  /** Names or pids of the processes to watch; left out for none. */
  readonly asked?: readonly string[]
  /** Reads the metrics of the machine now. @throws Error when there are none */
  read(): Promise<MachineReading>
  /** Returns the processes to watch that exist now; null when that cannot be known or none are to be watched. */
  processes(): Promise<readonly WatchedProcess[] | null>
  /** For each name, the number of further processes that are not watched because there are too many; left out when there are none. */
  readonly unwatched?: ReadonlyMap<string, number>
  close(): Promise<void>
}

/**
 * A process that `burn monitor` or `monitor:` in a scenario watches, with its CPU time and memory at one moment. Its `name` is that of its program
 * when the kernel's name for it, such as MainThread for Node, says nothing.
 */
export interface WatchedProcess extends ProcessReading {
  /** The name or pid in the scenario by which the process was found. */
  readonly asked: string
}

/** The operating system's files and facts from which `LocalMachine` reads this machine's metrics. Tests use another implementation. */
export interface LocalSystem extends SystemFiles {
  readonly platform: NodeJS.Platform
  /** Returns the target of a symbolic link; undefined when it cannot be read. */
  link(path: string): Promise<string | undefined>
}

const THIS_SYSTEM: LocalSystem = {
  platform: process.platform,
  text: (path) => readFile(path, 'utf8').catch(() => undefined),
  names: (path) => readdir(path).catch(() => []),
  link: (path) => readlink(path).catch(() => undefined),
}

/** The names of all processes are searched for new ones at every fifth reading. */
const LOOK_EVERY = 5
/** The largest number of processes that are watched. */
const MAX_PROCESSES = 50
/** The name that the kernel gives to every process of Node and of some other runtimes; it does not distinguish them. */
const NAME_OF_A_THREAD = 'MainThread'

/**
 * Reads the metrics of this machine: from /proc on Linux, from Node's functions elsewhere. Files are read without blocking the event loop. Processes
 * are watched only on Linux; those found by name are counted in `unwatched` when 50 are already watched.
 */
export class LocalMachine implements MachineSource {
  readonly from = null
  readonly host = hostname()
  readonly asked: readonly string[]
  private readonly system: LocalSystem
  private readonly energy: CpuEnergy
  private readings = 0
  private found = new Map<number, string>()
  unwatched: ReadonlyMap<string, number> = new Map()

  /** `asked` are the names or pids of processes to watch. */
  constructor(asked: readonly string[] = [], system: LocalSystem = THIS_SYSTEM) {
    this.asked = asked
    this.system = system
    this.energy = new CpuEnergy(system)
  }

  async read(): Promise<MachineReading> {
    const { platform, text } = this.system
    const disk = await diskOf('/')
    if (platform !== 'linux') return withDisk(ofNode(platform), disk)
    const paths = ['stat', 'loadavg', 'meminfo', 'cpuinfo', 'net/dev', 'net/snmp', 'diskstats'].map((name) => `/proc/${name}`)
    const [stat, loadavg, meminfo, cpuinfo, netDev, netSnmp, diskstats] = await Promise.all(paths.map((path) => text(path)))
    const reading = readProc({ stat, loadavg, meminfo, cpuinfo, netDev, netSnmp, diskstats })
    return withDisk({ ...reading, counters: { ...reading.counters, cpu_joules: await this.energy.read() } }, disk)
  }

  async processes(): Promise<readonly WatchedProcess[] | null> {
    if (this.system.platform !== 'linux' || this.asked.length === 0) return null
    if (this.readings % LOOK_EVERY === 0) await this.look()
    this.readings += 1
    const rows = await Promise.all(
      [...this.found].map(async ([pid, asked]) => {
        const { text } = this.system
        const [stat, status] = await Promise.all([text(`/proc/${pid}/stat`), text(`/proc/${pid}/status`)])
        const row = readProcess(stat ?? '', status ?? '')
        if (row === undefined) this.found.delete(pid)
        const name = row?.name === NAME_OF_A_THREAD ? (await this.namesOf(pid)).at(1) : undefined
        return row && { ...row, name: name ?? row.name, asked }
      }),
    )
    return rows.flatMap((row) => row ?? [])
  }

  /** Searches for processes to watch. burn itself is left out, unless the scenario names its pid. */
  private async look(): Promise<void> {
    const names = this.asked.filter((one) => !/^\d+$/.test(one))
    for (const one of this.asked) if (/^\d+$/.test(one)) this.found.set(Number(one), one)
    if (names.length === 0) return
    const more = new Map<string, number>()
    // One after the other, to leave time for a load that may be running.
    for (const entry of await this.system.names('/proc')) {
      const pid = /^\d+$/.test(entry) ? Number(entry) : process.pid
      if (pid === process.pid || this.found.has(pid)) continue
      const called = await this.namesOf(pid)
      const asked = names.find((name) => called.some((own) => isCalled(own, name)))
      if (asked === undefined) continue
      if (this.found.size < MAX_PROCESSES) this.found.set(pid, asked)
      else more.set(asked, (more.get(asked) ?? 0) + 1)
    }
    this.unwatched = more
  }

  /** Returns the names of a process: from the kernel, its command and its program file. Processes such as Node's may change their own name. */
  private async namesOf(pid: number): Promise<string[]> {
    const comm = await this.system.text(`/proc/${pid}/comm`)
    const command = (await this.system.text(`/proc/${pid}/cmdline`))?.split('\0')[0]
    const program = await this.system.link(`/proc/${pid}/exe`)
    return [comm?.trim(), ...[command, program].map((path) => path && basename(path))].flatMap((name) => name || [])
  }

  async close(): Promise<void> {}
}

/** True when a process has this name, also with a version behind it: `python` matches python3.13. */
const isCalled = (own: string, name: string) => own.startsWith(name) && /^[\d.]*$/.test(own.slice(name.length))

type Disk = Pick<MachineReading['gauges'], 'disk' | 'disk_bytes'>

const withDisk = (reading: MachineReading, disk: Disk): MachineReading => ({
  ...reading,
  gauges: { ...reading.gauges, ...disk },
})

/** Returns the use of the file system at a path as `df` does: space reserved for root counts as neither used nor free. */
async function diskOf(path: string): Promise<Disk> {
  try {
    const { blocks, bfree, bavail, bsize } = await statfs(path)
    const taken = blocks - bfree
    return { disk: shareOf(taken, taken + bavail), disk_bytes: taken * bsize }
  } catch {
    return {}
  }
}

/** Returns the metrics that Node knows on any system. The free memory of macOS is left out, because it does not count memory that caches files. */
function ofNode(platform: NodeJS.Platform): MachineReading {
  const times = cpus().map(({ times }) => times)
  const idle = times.reduce((sum, { idle }) => sum + idle, 0)
  const all = times.reduce((sum, one) => sum + one.user + one.nice + one.sys + one.idle + one.irq, 0)
  const mhz = cpus()[0]?.speed
  const [load1, load5, load15] = platform === 'win32' ? [] : loadavg()
  const memory = platform === 'win32' ? used(totalmem(), freemem(), 'memory') : {}
  return {
    gauges: { cpus: times.length || undefined, cpu_mhz: mhz || undefined, load1, load5, load15, ...memory },
    counters: {},
    cpuTime: all > 0 ? { busy: all - idle, all } : undefined,
  }
}
