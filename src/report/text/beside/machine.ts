/** Texts about machines that were watched, and about health checks. */
import { MACHINE_COUNTERS, MACHINE_GAUGES, type MachineUnit } from '../../../observe/machine/catalogue.ts'
import type { HealthSummary, Result, WatchedMachine } from '../../../result/schema.ts'
import { formatBytes, formatMs } from '../../../text/units.ts'
import { formatCount, formatNumber, formatShare, UNKNOWN } from '../format.ts'

interface Labelled {
  readonly unit: MachineUnit
  readonly label: string
}
const FIGURES: Readonly<Record<string, Labelled>> = { ...MACHINE_GAUGES, ...MACHINE_COUNTERS }

/** The name of a figure as readers see it, such as "received" for `net_received_bytes`. */
export const machineLabel = (name: string): string => FIGURES[name]?.label ?? name

/** A value of a figure with its unit: "87%", "4.1 GB", "2,600 MHz". */
export function machineValue(value: number | null | undefined, unit: MachineUnit): string {
  if (value === null || value === undefined) return UNKNOWN
  if (unit === 'ratio') return formatShare(value)
  if (unit === 'bytes') return formatBytes(Math.round(value))
  if (unit === 'mhz') return `${formatCount(Math.round(value))} MHz`
  return formatNumber(value)
}

/** States of which the mean and the largest are of interest. */
const SPREAD = ['cpu', 'memory', 'swap', 'load1', 'connections'] as const
/** States that hardly change within a run. */
const LAST = ['disk'] as const
const RATES = ['net_received_bytes', 'net_sent_bytes', 'loopback_bytes', 'disk_read_bytes', 'disk_written_bytes'] as const
/** Sums of what should not happen. */
const TROUBLE = ['net_errors', 'net_drops', 'tcp_retransmits'] as const

/** What a machine did, in facts: "CPU 45% mean, 97% max · memory 61% mean, 62% max · received 1.2 MB/s …". */
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

/** Whose machine it is, in words: "this machine, which burn shares with the target". */
export function placeText({ from, withBurn, withTarget }: Pick<WatchedMachine, 'from' | 'withBurn' | 'withTarget'>): string {
  if (withTarget === true)
    return withBurn === true ? 'burn and the target share it, so burn is in these figures' : 'the target runs on it'
  if (withBurn === true && withTarget === false)
    return `the target has no address of it: burn alone runs there${from === null ? '; for its machine give the address of a node-exporter' : ''}`
  if (withBurn === true) return 'burn runs on it, so burn is in these figures'
  return withTarget === false ? 'the target has no address of it' : ''
}

/** How well the machine could be looked at; '' when it always could. */
export function lookText({ samples, failed, error }: Pick<WatchedMachine, 'samples' | 'failed' | 'error'>): string {
  if (failed === 0) return ''
  const nothing = failed === samples ? '; nothing is known of it' : ''
  return `${formatCount(failed)} of ${formatCount(samples)} looks failed: ${error ?? ''}${nothing}`
}

/** What the processes of a machine did: "node (77) CPU 1.2 mean, 1.9 max · memory 120 MB max". */
export function processFacts({ processes }: Pick<WatchedMachine, 'processes'>): string[] {
  return (processes ?? []).map(({ pid, name, cpu, rssBytes }) => {
    const busy = cpu === null ? [] : [`CPU ${percentOfOne(cpu.mean)} mean, ${percentOfOne(cpu.max)} max`]
    const memory = rssBytes === null ? [] : [`${formatBytes(Math.round(rssBytes.max))} max`]
    return `${name} (${pid}) ${[...busy, ...memory].join(', ') || 'seen once'}`
  })
}

/** The use of CPU of a process; more than 100% is more than one CPU. */
export const percentOfOne = (cpu: number): string => `${formatNumber(cpu * 100)}%`

/** One line for each machine, none without any. `safe` escapes what comes from outside. */
export function machineTexts({ machine = [] }: Pick<Result, 'machine'>, safe: (text: string) => string): string[] {
  return machine.map((one) => {
    const who = safe(one.host ?? (one.from === null ? 'this machine' : new URL(one.from).host))
    const facts = [placeText(one), safe(lookText(one)), ...machineFacts(one), ...processFacts(one).map(safe)]
    return [who, ...facts.filter((fact) => fact !== '')].join(' · ')
  })
}

/** What a health check found, in facts. `safe` escapes what comes from outside. */
export function healthFacts(check: HealthSummary, safe: (text: string) => string): string[] {
  const { before, checks, failed, availability, outageCount, longestOutageMs, response, error, outages } = check
  const last = outages.at(-1)
  const back =
    last === undefined || outageCount > outages.length
      ? []
      : [last.untilMs === null ? 'still failing at the end' : `answered again at ${formatMs(last.untilMs)}`]
  return [
    ...(before === null || before.ok ? [] : [`failed before the load: ${safe(before.error ?? '')}`]),
    ...(checks === 0 ? ['never asked during the load'] : [`available ${formatShare(availability)}`]),
    ...(failed === 0 ? [] : [`${formatCount(failed)} of ${formatCount(checks)} checks failed: ${safe(error ?? '')}`]),
    ...(longestOutageMs === null
      ? []
      : [
          `${formatCount(outageCount)} ${outageCount === 1 ? 'outage' : 'outages'}, the longest ${formatMs(longestOutageMs)}`,
          ...back,
        ]),
    ...(response === null ? [] : [`answers in ${formatMs(response.mean)} mean, ${formatMs(response.max)} max`]),
  ]
}

/** One line for each health check, none without any. `safe` escapes what comes from outside. */
export function healthTexts({ health = [] }: Pick<Result, 'health'>, safe: (text: string) => string): string[] {
  return health.map((check) => [safe(check.name), ...healthFacts(check, safe)].join(' · '))
}
