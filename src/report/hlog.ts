/**
 * Renders a result as an HdrHistogram log (version 1.3): one line per metric of each group of attempts (total, steps, …). Maxima are in the metric's
 * unit (ms, tokens, bytes).
 */
import type { Distribution, GroupMetrics, Result } from '../result/schema.ts'
import type { Reporter } from './text/reporter.ts'

const LEGEND = '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"'

/**
 * The report format `hlog`: an HdrHistogram log (version 1.3) with a line for each distribution that has samples, of the whole run and of each step,
 * phase and tag.
 */
export const hlog: Reporter = {
  render(result) {
    const start = seconds(result.startTime)
    const lines = [
      '#[Histogram log format version 1.3]',
      `#[StartTime: ${start} (seconds since epoch), ${isoOf(result.startTime)}]`,
      `#[BaseTime: ${start} (seconds since epoch)]`,
      LEGEND,
      ...taggedSlices(result).flatMap(([tag, slice, startMs]) => sliceLines(tag, slice, startMs)),
    ]
    return `${lines.join('\n')}\n`
  },
}

/** Returns all groups of metrics in a result, each with its name in the log and the start of what it covers, in ms since the run began. */
function taggedSlices(result: Result): [string, GroupMetrics, number][] {
  const first = result.phases.find((phase) => !phase.warmup)?.startMs ?? 0
  return [
    ['total', result.total, first],
    ...result.steps.map((step): [string, GroupMetrics, number] => [`step.${step.name}`, step, first]),
    ...result.phases.map((phase): [string, GroupMetrics, number] => [`phase.${phase.name}`, phase, phase.startMs]),
    ...Object.entries(result.tags).map(([tag, slice]): [string, GroupMetrics, number] => [tag.replace('=', '.'), slice, first]),
  ]
}

function sliceLines(tag: string, slice: GroupMetrics, startMs: number): string[] {
  return Object.entries(slice.distributions)
    .filter(([, distribution]) => distribution.count > 0 && distribution.histogram !== '')
    .map(([metric, distribution]) => logLine(`${tag}.${metric}`, distribution, startMs, slice.windowMs))
}

function logLine(tag: string, distribution: Distribution, startMs: number, lengthMs: number): string {
  return `Tag=${safeTag(tag)},${seconds(startMs)},${seconds(lengthMs)},${(distribution.max ?? 0).toFixed(3)},${distribution.histogram}`
}

/** Returns a name as the log format allows it: commas, white space, control and invisible characters are replaced by `_`. */
function safeTag(tag: string): string {
  return tag.replace(/[\s,\p{C}]+/gu, '_')
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

function isoOf(epochMs: number): string {
  const date = new Date(epochMs)
  return Number.isNaN(date.getTime()) ? 'unknown' : date.toISOString()
}
