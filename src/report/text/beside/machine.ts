/** Describes watched machines and health checks in short texts. */
import {
  MACHINE_COUNTERS,
  MACHINE_GAUGES,
  type MachineCounterName,
  type MachineGaugeName,
  type MachineUnit,
} from '../../../observe/machine/catalogue.ts'
import type { HealthSummary, Result, WatchedMachine } from '../../../result/schema.ts'
import { formatBytes, formatMs } from '../../../text/units.ts'
import { formatCount, formatNumber, formatShare, UNKNOWN } from '../format.ts'

interface Labelled {
  readonly unit: MachineUnit
  readonly label: string
}
const FIGURES: Readonly<Record<string, Labelled>> = { ...MACHINE_GAUGES, ...MACHINE_COUNTERS }

/**
 * Returns the label that reports give to a metric of a machine that `monitor:` watches, such as "received" for `net_received_bytes`; the name itself
 * when it is not known.
 */
export const machineLabel = (name: string): string => FIGURES[name]?.label ?? name

/** Formats a value of a metric of a machine that `monitor:` watches, with its unit: "87%", "4.1 GB", "2,600 MHz"; an en dash when it is not known. */
function machineValue(value: number | null | undefined, unit: MachineUnit): string {
  if (value === null || value === undefined) return UNKNOWN
  if (unit === 'ratio') return formatShare(value)
  if (unit === 'bytes') return formatBytes(Math.round(value))
  if (unit === 'mhz') return `${formatCount(Math.round(value))} MHz`
  return unit === 'joules' ? `${formatNumber(value)} J` : formatNumber(value)
}

/** The gauges of a machine of which reports show the mean and the maximum. */
const SPREAD = ['cpu', 'memory', 'swap', 'load1', 'connections'] as const
/** The gauges of a machine that hardly change within a run, so that reports show only one value. */
const LAST = ['disk'] as const
/** The counters of a machine that reports show as a rate per second. */
const RATES = [
  'net_received_bytes',
  'net_sent_bytes',
  'loopback_bytes',
  'disk_read_bytes',
  'disk_written_bytes',
  'cpu_joules',
] as const
/** The counters of problems on a machine, which reports show when they grew. */
const TROUBLE = ['net_errors', 'net_drops', 'tcp_retransmits'] as const

/**
 * Returns short texts about a machine that `monitor:` watches, on its use of CPU, memory, network and disk: "CPU 45% mean, 97% max", "received 1.2
 * MB/s". Unknown values are left out, as are swap, rates and problems that stayed at 0.
 */
export function machineFacts({ gauges, counters }: WatchedMachine): string[] {
  return [
    ...SPREAD.flatMap((name) => {
      const known = gauges[name]
      if (!known || (name === 'swap' && known.max === 0)) return []
      return [`${machineLabel(name)} ${machineValue(known.mean, known.unit)} mean, ${machineValue(known.max, known.unit)} max`]
    }),
    ...LAST.flatMap((name) => (gauges[name] ? [`${machineLabel(name)} ${machineValue(gauges[name].max, 'ratio')} full`] : [])),
    ...RATES.flatMap((name) => {
      const known = counters[name]
      if (!known || known.perSecond === null || known.delta === 0) return []
      return [`${machineLabel(name)} ${machineValue(known.perSecond, known.unit)}/s`]
    }),
    ...TROUBLE.flatMap((name) => (counters[name]?.delta ? [`${machineLabel(name)} ${formatCount(counters[name].delta)}`] : [])),
  ]
}

/** The values of a machine's metrics at one moment; counters are rates per second. */
type MachineValues = Readonly<Partial<Record<MachineGaugeName | MachineCounterName, number>>>

/** The metrics of a machine that are shown when one moment is described in a line. */
const IN_LINE = ['cpu', 'load1', 'memory', 'net_received_bytes', 'net_sent_bytes', 'connections'] as const

/** Formats one metric of a machine at one moment: "37%", "1.2 MB/s"; an en dash when it is not known. */
export function momentValue(name: MachineGaugeName | MachineCounterName, values: MachineValues): string {
  const { unit } = { ...MACHINE_GAUGES, ...MACHINE_COUNTERS }[name]
  const isRate = Object.hasOwn(MACHINE_COUNTERS, name) && values[name] !== undefined
  return `${machineValue(values[name], unit)}${isRate ? '/s' : ''}`
}

/** Returns the most important metrics of a machine at one moment as short texts: "CPU 37%", "load 1.2", "memory 17%". */
export function momentFacts({ values }: { readonly values: MachineValues }): string[] {
  return IN_LINE.filter((name) => values[name] !== undefined).map((name) => `${machineLabel(name)} ${momentValue(name, values)}`)
}

/**
 * Returns a sentence that says whether burn or the target runs on a watched machine: "burn and the target share it, so burn is in these figures".
 * Reports need it, because the metrics of the machine include their load. '' unless burn is known to run there, or it is known whether the target
 * does.
 */
export function placeText({ from, withBurn, withTarget }: Pick<WatchedMachine, 'from' | 'withBurn' | 'withTarget'>): string {
  if (withTarget === true)
    return withBurn === true ? 'burn and the target share it, so burn is in these figures' : 'the target runs on it'
  if (withBurn === true && withTarget === false)
    return `the target has no address of it: burn alone runs there${from === null ? '; for its machine give the address of a node-exporter' : ''}`
  if (withBurn === true) return 'burn runs on it, so burn is in these figures'
  return withTarget === false ? 'the target has no address of it' : ''
}

/** Describes how many readings of a watched machine's metrics failed, and why: "3 of 60 looks failed: timeout"; '' when none failed. */
export function lookText({ samples, failed, error }: Pick<WatchedMachine, 'samples' | 'failed' | 'error'>): string {
  if (failed === 0) return ''
  const nothing = failed === samples ? '; nothing is known of it' : ''
  return `${formatCount(failed)} of ${formatCount(samples)} looks failed: ${error ?? ''}${nothing}`
}

/** The largest number of processes that are described; of the others only their number is printed. */
const MAX_PROCESSES = 5

/**
 * Describes each of the five busiest processes that `monitor:` watches on a machine: "node (77) CPU 120% mean, 190% max, 120 MB max". Further texts
 * say how many less busy processes there are, and how many were not watched. Names are not escaped.
 */
export function processFacts({
  processes,
  processesUnlisted = [],
}: Pick<WatchedMachine, 'processes' | 'processesUnlisted'>): string[] {
  const texts = busiestTexts(
    (processes ?? []).map(({ pid, name, cpu, rssBytes }) => {
      const busy = cpu === null ? [] : [`CPU ${percentOfOne(cpu.mean)} mean, ${percentOfOne(cpu.max)} max`]
      const memory = rssBytes === null ? [] : [`${formatBytes(Math.round(rssBytes.max))} max`]
      return { cpu: cpu?.mean ?? null, text: `${name} (${pid}) ${[...busy, ...memory].join(', ') || 'seen once'}` }
    }),
  )
  const unlisted = processesUnlisted.map(({ asked, processes: count }) => `not watched: ${formatCount(count)} more of ${asked}`)
  return [...texts, ...unlisted]
}

/**
 * Returns the texts of the five watched processes (`monitor:`) that use the most CPU, the busiest first. If there are more processes, a last text
 * says how many.
 */
export function busiestTexts(processes: readonly { readonly cpu: number | null; readonly text: string }[]): string[] {
  const busiest = processes.toSorted((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0)).map(({ text }) => text)
  const left = busiest.length - MAX_PROCESSES
  const lessBusy = left > 0 ? [`${formatCount(left)} less busy ${left === 1 ? 'process' : 'processes'}`] : []
  return [...busiest.slice(0, MAX_PROCESSES), ...lessBusy]
}

/** Formats the CPU use of a process in percent of one CPU: 1.2 is "120%". */
export const percentOfOne = (cpu: number): string => `${formatNumber(cpu * 100)}%`

/** Returns one line for each machine that `monitor:` watched; empty when there was none. `safe` escapes untrusted text. */
export function machineTexts({ machine = [] }: Pick<Result, 'machine'>, safe: (text: string) => string): string[] {
  return machine.map((one) => {
    const who = safe(one.host ?? (one.from === null ? 'this machine' : new URL(one.from).host))
    const facts = [placeText(one), safe(lookText(one)), ...machineFacts(one), ...processFacts(one).map((fact) => safe(fact))]
    return [who, ...facts.filter((fact) => fact !== '')].join(' · ')
  })
}

/** Describes the outcome of a health check in short texts, such as "available 99.5%". `safe` escapes untrusted text. */
function healthFacts(check: HealthSummary, safe: (text: string) => string): string[] {
  const { before, checks, failed, dropped = 0, availability, outageCount, longestOutageMs, response, error, outages } = check
  const last = outages.at(-1)
  const back =
    last === undefined || outageCount > outages.length
      ? []
      : [last.untilMs === null ? 'still failing at the end' : `answered again at ${formatMs(last.untilMs)}`]
  return [
    ...(before === null || before.ok ? [] : [`failed before the load: ${safe(before.error ?? '')}`]),
    ...(checks === 0 ? ['never asked during the load'] : [`available ${formatShare(availability)}`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} of ${formatCount(checks)} checks failed: ${safe(error ?? '')}`]),
    ...(dropped === 0 ? [] : [`${formatCount(dropped)} not made, as the one before was awaited`]),
    ...(longestOutageMs === null
      ? []
      : [
          `${formatCount(outageCount)} ${outageCount === 1 ? 'outage' : 'outages'}, the longest ${formatMs(longestOutageMs)}`,
          ...back,
        ]),
    ...(response === null ? [] : [`answers in ${formatMs(response.mean)} mean, ${formatMs(response.max)} max`]),
  ]
}

/**
 * Returns one line for each health check of a run (an address that burn asked beside the load whether the target is well); empty when there were
 * none. `safe` escapes untrusted text.
 */
export function healthTexts({ health = [] }: Pick<Result, 'health'>, safe: (text: string) => string): string[] {
  return health.map((check) => [safe(check.name), ...healthFacts(check, safe)].join(' · '))
}
