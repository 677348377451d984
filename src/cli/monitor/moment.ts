/** Prints the latest readings of `burn monitor` as a line, a table or JSON. */
import type { HealthWatch } from '../../observe/health/health-watch.ts'
import { MACHINE_COUNTERS, MACHINE_GAUGES } from '../../observe/machine/catalogue.ts'
import type { MachineWatch } from '../../observe/machine/machine-watch.ts'
import { busiestTexts, machineLabel, momentFacts, momentValue, percentOfOne } from '../../report/text/beside/machine.ts'
import { formatBytes, formatMs } from '../../text/units.ts'

/** What `burn monitor` watches: one machine, whose metrics it reads, and the health checks that it makes, each of one address. */
export interface Watched {
  readonly machine: MachineWatch
  readonly health: readonly HealthWatch[]
}

type Latest = MachineWatch['latest']
type MachineFigureName = keyof Latest['values']

/**
 * Returns the latest values of the machine that `burn monitor` watches as one line: "12s · CPU 37% · load 1.2 · memory 17% · … · node (77) 35%, 120
 * MB · api up". `safe` escapes untrusted text.
 */
export function momentLine(atMs: number, { machine, health }: Watched, safe: (text: string) => string): string {
  const { latest } = machine
  return [
    formatMs(atMs),
    ...(latest.failed === null ? [] : [safe(latest.failed)]),
    ...momentFacts(latest),
    ...processTexts(latest).map((fact) => safe(fact)),
    ...healthNow(health, safe),
  ].join(' · ')
}

/**
 * Returns the latest values (CPU, memory, network, disk …) of the machine that `burn monitor` watches as a table with two columns, line by line.
 * `safe` escapes untrusted text.
 */
export function momentTable(
  atMs: number,
  lengthMs: number,
  { machine, health }: Watched,
  safe: (text: string) => string,
): string[] {
  const { latest, source } = machine
  const rows = (names: readonly string[]) =>
    (names as readonly MachineFigureName[]).map(
      (name) => `${machineLabel(name).padEnd(18)}${momentValue(name, latest.values).padStart(12)}`,
    )
  const [left, right] = [rows(Object.keys(MACHINE_GAUGES)), rows(Object.keys(MACHINE_COUNTERS))]
  const body = left.map((cell, at) => `  ${cell}    ${right[at] ?? ''}`.trimEnd())
  return [
    `${safe(source.host ?? source.from ?? 'this machine')} · ${formatMs(atMs)} of ${formatMs(lengthMs)} · Ctrl-C ends it`,
    ...(latest.failed === null ? [] : [`  ${safe(latest.failed)}`]),
    ...body,
    ...[...processTexts(latest).map((fact) => safe(fact)), ...healthNow(health, safe)].map((text) => `  ${text}`),
  ]
}

const processTexts = ({ processes }: Latest) =>
  busiestTexts(
    processes.map(({ pid, name, cpu, rssBytes }) => {
      const facts = [cpu === null ? '–' : percentOfOne(cpu), ...(rssBytes === null ? [] : [formatBytes(rssBytes)])]
      return { cpu, text: `${name} (${pid}) ${facts.join(', ')}` }
    }),
  )

const healthNow = (health: readonly HealthWatch[], safe: (text: string) => string) =>
  health.map(({ name, latest }) => `${safe(name)} ${latest === null ? 'up' : `DOWN: ${safe(latest)}`}`)

/**
 * Returns the latest values (CPU, memory, network, disk …) of the machine that `burn monitor` watches as an object for a line of JSON; unknown
 * values are null.
 */
export function momentJson(atMs: number, { machine, health }: Watched): object {
  const { values, processes, failed } = machine.latest
  const all = (names: readonly string[]) =>
    Object.fromEntries((names as readonly MachineFigureName[]).map((name) => [name, values[name] ?? null]))
  return {
    event: 'sample',
    atMs: Math.round(atMs),
    error: failed,
    gauges: all(Object.keys(MACHINE_GAUGES)),
    perSecond: all(Object.keys(MACHINE_COUNTERS)),
    processes,
    health: health.map(({ name, latest }) => ({ name, up: latest === null, error: latest })),
  }
}
