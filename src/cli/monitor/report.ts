/** Makes the report of `burn monitor`: monitor.json, and the same in words. */

import { healthTexts, lookText, machineFacts, placeText, processFacts } from '../../report/text/beside/machine.ts'
import { formatMoment } from '../../report/text/format.ts'
import type { HealthSummary, WatchedMachine } from '../../result/schema.ts'
import { markdownCell } from '../../text/escape.ts'
import { formatMs } from '../../text/units.ts'
import { type CheckedLimit, limitTexts, nameOf } from './limits.ts'

/** The content of monitor.json, the report of `burn monitor`. Times are in ms since the start, unless their name says otherwise. */
export interface MonitorReport {
  readonly schemaVersion: '1.0'
  readonly burn: string
  /**
   * `running` in a checkpoint; a file that still says so later comes from a monitor that was killed. `interrupted` when a signal ended it, or the
   * reader of its lines has gone.
   */
  readonly status: 'running' | 'completed' | 'interrupted'
  /** The time at which the monitor started, in ms since 1970. */
  readonly startTime: number
  readonly durationMs: number
  readonly intervalMs: number
  readonly machine: readonly WatchedMachine[]
  readonly health: readonly HealthSummary[]
  readonly flags: readonly CheckedLimit[]
}

type Safe = (text: string) => string

/**
 * Returns the lines that `burn monitor` prints at its end: CPU, memory and the other metrics of each machine, the outcome of each health check, and
 * the limits that were exceeded. `safe` escapes untrusted text.
 */
export function summaryLines({ machine, health, flags }: MonitorReport, safe: Safe): string[] {
  return [
    ...machine.flatMap((one) => [
      safe(nameOf(one)),
      ...[placeText(one), safe(lookText(one)), ...machineFacts(one)].filter((fact) => fact !== '').map((fact) => `  ${fact}`),
      ...processFacts(one).map((fact) => `  ${safe(fact)}`),
      ...(one.processes?.length === 0 ? ['  no process that was asked for'] : []),
    ]),
    ...healthTexts({ health }, safe).map((text) => `health ${text}`),
    ...limitTexts(flags).map((text) => safe(text)),
  ]
}

/** Returns the content of monitor.md: the report of `burn monitor` in Markdown. */
export function markdownOf(report: MonitorReport): string {
  const { machine, health, flags, startTime, durationMs, intervalMs, status } = report
  const safe = markdownCell
  const list = (lines: readonly string[]) => lines.map((line) => `- ${line}`)
  const cut = status === 'interrupted' ? ', ended early' : ''
  return [
    '# What the machine did',
    '',
    `${formatMoment(startTime)}, ${formatMs(durationMs)}${cut}; looked at every ${formatMs(intervalMs)}.`,
    ...section('Flags', list(limitTexts(flags).map((fact) => safe(fact)))),
    ...machine.flatMap((one) => {
      const facts = [placeText(one), safe(lookText(one)), ...machineFacts(one)].filter((fact) => fact !== '')
      return [
        ...section(safe(nameOf(one)), list(facts)),
        ...section('Processes', list(processFacts(one).map((fact) => safe(fact)))),
      ]
    }),
    ...section('Health checks', list(healthTexts({ health }, safe))),
    '',
  ].join('\n')
}

const section = (title: string, lines: readonly string[]) => (lines.length === 0 ? [] : ['', `## ${title}`, '', ...lines])
