/** The outcome of a selftest: its schema, and its text for the terminal. */
import { availableParallelism } from 'node:os'
import * as z from 'zod'
import { formatCount, formatNumber, formatShare, UNKNOWN } from '../../report/text/format.ts'
import { makePen } from '../../report/text/pen.ts'
import { alignedLines } from '../../report/text/table.ts'
import { formatMs } from '../../text/units.ts'

const spreadSchema = z
  .object({ p50: z.number(), p99: z.number(), count: z.number() })
  .describe('Errors in ms (time measured by burn minus time logged by the target): p50, p99, and the number of errors')

const levelSchema = z.object({
  share: z.number().describe('Load as a share of the ceiling, 0 to 1'),
  perSecond: z.number().describe('Exchanges per second that were due'),
  achievedPerSecond: z.number().describe('Exchanges per second that were ok'),
  compared: z.number().describe('Exchanges whose times were compared: the last ones, at most 1,000'),
  errors: z.object({
    ttft: spreadSchema.nullable().describe('Errors of the time to first token; null where replies come in one piece'),
    itl: spreadSchema
      .nullable()
      .describe(
        'Errors of the gaps between tokens; null where there are none, or no reply came in as many pieces as were written',
      ),
    response: spreadSchema.nullable().describe('Errors of the end of the reply, and so of response_time'),
    pacing: spreadSchema.nullable().describe('Time from when a request was due to when the target received it'),
  }),
  loopUtilization: z.number().describe('Share of the time in which the event loop was busy'),
  cpuMsPerExchange: z.number().nullable().describe('CPU time of burn per exchange, in ms'),
})

/** The schema of the outcome of a selftest, as it is stored and as `--json` prints it. */
export const selftestSchema = z.object({
  version: z.literal(1),
  burn: z.string(),
  node: z.string(),
  machine: z.string().describe('System, processor and number of cores'),
  measuredAt: z.number().describe('Time of the selftest, in ms since 1970'),
  seconds: z.number().describe('Length of each measurement, in s'),
  reply: z
    .object({ firstTokenMs: z.number(), gapMs: z.number(), tokens: z.number() })
    .describe('How the target replies: wait for the first token and gap between tokens, in ms, and number of tokens'),
  loadAverage: z
    .number()
    .describe('Processes that ran or waited for a processor in the minute before; 0 where the system does not count them'),
  protocols: z.array(
    z.object({
      protocol: z.string(),
      ceilingPerSecond: z.number().describe('Exchanges per second that burn and the target complete together'),
      levels: z.array(levelSchema),
    }),
  ),
  leftOut: z.array(z.string()).describe('What was not measured, and why: no time was left, or it failed'),
})

/**
 * The outcome of `burn selftest`: the ceiling of each protocol (the most exchanges per second that this machine can make), and how wrong burn's
 * latencies are at loads below it.
 */
export type Selftest = z.output<typeof selftestSchema>
/** What `burn selftest` measured of one protocol at one load, given as a fraction of the protocol's ceiling (the most exchanges per second). */
export type Level = z.output<typeof levelSchema>
/**
 * How wrong burn's measurement of one metric was in `burn selftest`: p50 and p99 of the differences in ms between the times that burn measured and
 * those that the target logged, and the number of differences.
 */
export type ErrorSpread = z.output<typeof spreadSchema>

const HEAD = ['protocol', 'load', 'due', 'ok', 'ttft', 'itl', 'response', 'pacing', 'loop', 'CPU each']
const RIGHT = new Set(HEAD.map((_, at) => at).slice(1))

/** Returns the outcome of a selftest as a text table: a row for each protocol and load, with the errors of burn's measured times as p50 / p99. */
export function selftestText(found: Selftest): string {
  const rows = found.protocols.flatMap(({ protocol, ceilingPerSecond, levels }) => [
    [protocol, 'ceiling', '', `${formatCount(ceilingPerSecond)}/s`, '', '', '', '', '', ''],
    ...levels.map(levelRow),
  ])
  const { firstTokenMs, gapMs, tokens } = found.reply
  return [
    `measured for ${formatNumber(found.seconds)} s each against a target in its own process, ${found.machine}`,
    `replies: first token after ${firstTokenMs}ms, then ${tokens - 1} more, ${gapMs}ms apart (http, mqtt: in one piece)`,
    ...busyLines(found),
    '',
    ...alignedLines([HEAD, ...rows], RIGHT, makePen({ color: false, width: 120, unicode: true })).map((line) => line.trimEnd()),
    '',
    'ttft, itl, response: what burn measured less what the target saw, p50 / p99;',
    'pacing: from when a request was due to when the target had it; the way over',
    'loopback, and how late the target itself reads and writes, are in all of them',
    ...found.leftOut.map((text) => `not measured: ${text}`),
    '',
  ].join('\n')
}

/**
 * True when the machine was busy before a selftest: its load average was above half the number of CPUs. burn and the target are then slowed down,
 * and the measured ceilings are too low.
 */
export const wasBusy = ({ loadAverage }: Pick<Selftest, 'loadAverage'>): boolean => loadAverage > availableParallelism() / 2

/** Returns a warning when the machine was busy before the selftest; an empty list otherwise. */
function busyLines(found: Selftest): string[] {
  const { loadAverage } = found
  const processors = availableParallelism()
  if (!wasBusy(found)) return []
  return [
    `the machine was busy: load average ${formatNumber(loadAverage)} on ${processors} processors before it began; it measures more when it is idle`,
  ]
}

function levelRow({ share, perSecond, achievedPerSecond, errors, loopUtilization, cpuMsPerExchange }: Level): string[] {
  return [
    '',
    formatShare(share),
    `${formatCount(perSecond)}/s`,
    `${formatCount(achievedPerSecond)}/s`,
    ...[errors.ttft, errors.itl, errors.response, errors.pacing].map(spreadText),
    formatShare(Math.round(loopUtilization * 100) / 100),
    cpuMsPerExchange === null ? UNKNOWN : formatMs(cpuMsPerExchange),
  ]
}

function spreadText(spread: ErrorSpread | null): string {
  return spread === null ? UNKNOWN : `${signed(spread.p50)} / ${signed(spread.p99)}`
}

const signed = (ms: number) => `${ms < 0 ? '-' : '+'}${formatMs(Math.abs(ms))}`
