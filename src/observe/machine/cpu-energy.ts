/** Reads the energy counters of a machine's CPUs (RAPL) from the folder of the kernel's powercap framework. */

/** The access to this machine's file system through which its metrics are read, such as the energy that its CPUs use. */
export interface SystemFiles {
  /** Returns the text of a file; undefined when it cannot be read. */
  text(path: string): Promise<string | undefined>
  /** Returns the names in a folder; none when it cannot be read. */
  names(path: string): Promise<readonly string[]>
}

const FOLDER = '/sys/class/powercap'
/** Zones of whole CPUs and of parts of them. `intel-rapl-mmio` counts the same CPUs once more. AMD's are called so, too. */
const ZONE = /^intel-rapl:\d+$/
/** The name of a zone that is a CPU with all its parts; other zones of that level, such as `psys`, hold CPUs and more. */
const PACKAGE = /^package-\d+/

/** The counter of one CPU, in microjoules. */
interface Zone {
  /** The largest value; the counter begins anew at 0 behind it. 0 when it is not known. */
  readonly range: number
  last: number
  /** How often the counter began anew. */
  turns: number
}

/** Reads how much energy each CPU has used. The counters must be read often, because they overflow within an hour of load. */
export class CpuEnergy {
  private readonly system: SystemFiles
  private readonly zones = new Map<string, Zone>()

  constructor(system: SystemFiles) {
    this.system = system
  }

  /** Returns the energy of each CPU in joules, by its name; undefined when no counter can be read, as without root. */
  async read(): Promise<ReadonlyMap<string, number> | undefined> {
    const joules = new Map<string, number>()
    for (const zone of (await this.system.names(FOLDER)).filter((name) => ZONE.test(name))) {
      const [name, value, range] = await Promise.all(
        ['name', 'energy_uj', 'max_energy_range_uj'].map(async (file) =>
          (await this.system.text(`${FOLDER}/${zone}/${file}`))?.trim(),
        ),
      )
      if (!PACKAGE.test(name ?? '') || !/^\d+$/.test(value ?? '')) continue
      joules.set(zone, this.grown(zone, Number(value), Number(range)) / 1e6)
    }
    return joules.size > 0 ? joules : undefined
  }

  /** Returns a counter's value as if it had never begun anew. */
  private grown(zone: string, value: number, range: number): number {
    const known = this.zones.get(zone) ?? { range: Number.isFinite(range) ? range : 0, last: 0, turns: 0 }
    if (value < known.last) known.turns += 1
    known.last = value
    this.zones.set(zone, known)
    return known.turns * known.range + value
  }
}
