/** Collects the metrics of one machine from all its readings. */
import type { WatchedMachine } from '../../result/schema.ts'
import { GaugeValues } from '../gauge.ts'
import { GrownCounter } from '../grown.ts'
import { SeriesRows } from '../series.ts'
import {
  MACHINE_COUNTERS,
  MACHINE_GAUGES,
  type MachineCounterName,
  type MachineGaugeName,
  type MachineReading,
  type MachineUnit,
  shareOf,
} from './catalogue.ts'

/** A growing metric of a machine: its total growth, and its growth per second between readings. */
interface Grown {
  readonly sum: GrownCounter
  readonly rates: GaugeValues
}

/** Returns the keys of a catalogue with their type. */
const namesOf = <Name extends string>(catalogue: Readonly<Record<Name, unknown>>) => Object.keys(catalogue) as Name[]

const unitOf = (name: MachineGaugeName | MachineCounterName): MachineUnit =>
  ({ ...MACHINE_GAUGES, ...MACHINE_COUNTERS })[name].unit

/**
 * Collects the readings of one machine (CPU, memory, network, disk) that `burn monitor`, or `monitor:` in a scenario, takes at regular intervals, and
 * computes the machine's metrics for the result.
 */
export class MachineFigures {
  private readonly gauges = new Map<MachineGaugeName, GaugeValues>()
  private readonly counters = new Map<MachineCounterName, Grown>()
  private readonly series = new SeriesRows()
  private cpuTime: MachineReading['cpuTime']
  private sinceMs: number | null = null
  private untilMs: number | null = null
  /** The values of the last reading; growing metrics as their growth per second. */
  latest: Readonly<Partial<Record<MachineGaugeName | MachineCounterName, number>>> = {}

  /**
   * Adds a reading made `atMs` ms after the run began. States count only during the load (`isLoaded`). Shares of CPU time and growth per second are
   * computed from the reading before.
   */
  take(reading: MachineReading, atMs: number, isLoaded = true): void {
    const seconds = this.untilMs === null ? 0 : (atMs - this.untilMs) / 1000
    const values: Partial<Record<MachineGaugeName | MachineCounterName, number>> = {}
    for (const name of namesOf(MACHINE_GAUGES)) {
      const value = name === 'cpu' ? this.busyShare(reading.cpuTime) : reading.gauges[name]
      if (value === undefined || !Number.isFinite(value)) continue
      values[name] = value
      if (isLoaded) valuesOf(this.gauges, name).take(value)
    }
    this.cpuTime = reading.cpuTime ?? this.cpuTime
    for (const name of namesOf(MACHINE_COUNTERS)) {
      const rate = this.grow(name, reading.counters[name], seconds)
      if (rate !== undefined) values[name] = rate
    }
    this.latest = values
    this.sinceMs ??= atMs
    this.untilMs = atMs
    if (isLoaded) this.series.take(atMs, values as Readonly<Record<string, number>>) // no value is undefined
  }

  /**
   * Returns the share of CPU time (0 to 1) that the machine was busy since the reading before; undefined at the first reading, and when its CPU times
   * have not changed.
   */
  private busyShare(time: MachineReading['cpuTime']): number | undefined {
    const before = this.cpuTime
    if (time === undefined || before === undefined) return undefined
    const share = shareOf(time.busy - before.busy, time.all - before.all)
    return share === undefined ? undefined : Math.min(1, share)
  }

  private grow(name: MachineCounterName, devices: ReadonlyMap<string, number> | undefined, seconds: number): number | undefined {
    if (devices === undefined) return undefined
    const known = this.counters.get(name)
    const { sum, rates } = known ?? { sum: new GrownCounter(), rates: new GaugeValues() }
    if (known === undefined) this.counters.set(name, { sum, rates })
    const before = sum.delta
    sum.take(devices, known === undefined)
    if (known === undefined || !(seconds > 0)) return undefined
    const rate = (sum.delta - before) / seconds
    rates.take(rate)
    return rate
  }

  /** Returns the values of one metric by its name in the result; undefined when the machine does not report it. */
  figure(name: string): GaugeValues | GrownCounter | undefined {
    const gauges: ReadonlyMap<string, GaugeValues> = this.gauges
    const counters: ReadonlyMap<string, Grown> = this.counters
    return gauges.get(name) ?? counters.get(name)?.sum
  }

  read(): Pick<WatchedMachine, 'gauges' | 'counters' | 'series' | 'sinceMs' | 'untilMs'> {
    const { sinceMs, untilMs } = this
    const seconds = sinceMs === null || untilMs === null ? 0 : (untilMs - sinceMs) / 1000
    const gauges = namesOf(MACHINE_GAUGES).map((name) => {
      const values = this.gauges.get(name)
      return [name, values === undefined ? null : { unit: unitOf(name), ...spreadOf(values) }] as const
    })
    const counters = namesOf(MACHINE_COUNTERS).map((name) => {
      const grown = this.counters.get(name)
      if (grown === undefined) return [name, null] as const
      const { sum, rates } = grown
      const perSecond = seconds > 0 ? sum.delta / seconds : null
      const maxPerSecond = rates.count > 0 ? rates.max : null
      return [name, { unit: unitOf(name), delta: sum.delta, perSecond, maxPerSecond, resets: sum.resets }] as const
    })
    return {
      sinceMs,
      untilMs,
      gauges: Object.fromEntries(gauges),
      counters: Object.fromEntries(counters),
      series: this.series.rows,
    }
  }
}

function valuesOf<Key>(all: Map<Key, GaugeValues>, key: Key): GaugeValues {
  const known = all.get(key) ?? new GaugeValues()
  all.set(key, known)
  return known
}

/**
 * Returns the values that a result states for a metric of a machine or server, such as CPU use: how many readings there were, and their mean,
 * extremes and 95th percentile.
 */
export function spreadOf(values: GaugeValues) {
  const { count, min, mean, max } = values
  return { count, min, mean, max, p95: values.percentile(95) }
}
