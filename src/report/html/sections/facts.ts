/** Shows the facts about a run: what ran where, against which target, and how to repeat it. */
import type { Result } from '../../../result/schema.ts'
import { formatBytes, formatMs } from '../../../text/units.ts'
import { connectionsText } from '../../console/connections.ts'
import { formatCount, formatMoment, formatPercentile, formatShare } from '../../text/format.ts'
import { type Markup, markup, oneLine } from '../page/markup.ts'
import { type Fact, factList } from './fact-list.ts'

const MAX_LINES = 50
/** Matches a word that a shell takes literally, without quotes. */
const PLAIN_WORD = /^[\w./:@%+=,-]+$/
/**
 * Matches characters that cannot be printed. When a file name contains one, no command to repeat the run is shown, because pasted it would name
 * another file.
 */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/u

/** Returns, for the HTML report, the list of facts about the run, such as scenario, seed, load, targets and machine. */
export function factsBody(result: Result): Markup {
  const { environment: machine, generator, connectionMetrics } = result
  const own: Fact[] = [
    ['Run', markup`<code>${oneLine(result.runId)}</code>`],
    ['To repeat', repeatOf(result)],
    [
      'Scenario',
      result.scenarioFile === null ? 'from flags, without a file' : markup`<code>${oneLine(result.scenarioFile)}</code>`,
    ],
    ['Scenario hash', markup`<code class="break">${oneLine(result.scenarioHash)}</code>`],
    ['Seed', markup`<code>${oneLine(result.seed)}</code>`],
    ['Exit code', `${result.exitCode}${result.exitCodes.length > 1 ? ` (applied: ${result.exitCodes.join(', ')})` : ''}`],
    ['Labels', listOf(Object.entries(result.labels).map(([name, value]) => `${name}: ${value}`))],
    ['Part', result.shard === null ? undefined : `${result.shard.index} of ${result.shard.of}`],
    ['Start and end', `${formatMoment(result.startTime)} to ${formatMoment(result.endTime)}`],
    ['Measured', `${formatMs(result.windowMs)} of ${formatMs(result.durationMs)}`],
    ['Phases', listOf(result.phases.map(({ name, load, warmup }) => `${name}: ${load}${warmup ? ' (warm-up)' : ''}`))],
    ['Target', listOf(result.target.map(targetText))],
    ['Connections', connectionMetrics.totalConnections === 0 ? undefined : connectionsText(connectionMetrics)],
    ['Machine', `${oneLine(machine.hostname)}, ${oneLine(machine.os)}, ${machine.cpus} CPUs`],
    ['Versions', `burn ${oneLine(machine.burn)}, Node ${oneLine(machine.node)}, result format ${oneLine(result.schemaVersion)}`],
    ['Generator', generatorText(generator)],
    ['Notes', listOf(result.notes)],
    ['Files', listOf(result.files.map(({ path, holds }) => `${path}: ${holds}`))],
  ]
  return factList(own)
}

function listOf(texts: readonly string[]): Markup | undefined {
  if (texts.length === 0) return undefined
  const shown = texts.slice(0, MAX_LINES)
  const hidden = texts.length - shown.length
  return markup`<ul>${shown.map((text) => markup`<li>${oneLine(text)}</li>`)}${hidden > 0 && markup`<li>… ${hidden} more</li>`}</ul>`
}

function targetText({ name, url, protocol, dialect, client, proxy, insecureTls }: Result['target'][number]): string {
  const how = [protocol, dialect, client && `client ${client}`, proxy && `proxy ${proxy}`, insecureTls && 'TLS not checked']
  return `${name}: ${url} (${how.filter((part) => typeof part === 'string').join(', ')})`
}

function generatorText(g: Result['generator']): string {
  const parts = [
    `lag p99 ${formatPercentile(g.lag, 'p99')}`,
    `event loop ${formatShare(g.loopUtilization)} busy`,
    `${g.cpuShare.toFixed(2)} CPUs`,
    `memory ${formatBytes(g.maxRssBytes)}`,
    `${formatCount(g.startedArrivals)} of ${formatCount(g.plannedArrivals)} iterations started`,
    ...(g.stalledMs > 0 ? [`stalled ${formatMs(g.stalledMs)}`] : []),
    ...(g.disturbedMs > 0 ? [`disturbed ${formatMs(g.disturbedMs)}`] : []),
  ]
  return parts.join(' · ')
}

/** Returns the command that repeats the run with the same scenario and seed; undefined for a run without a scenario file. */
function repeatOf({ scenarioFile, seed }: Result): Markup | undefined {
  if (scenarioFile === null || UNPRINTABLE.test(scenarioFile + seed)) return undefined
  return markup`<code class="break">burn run ${quoted(scenarioFile)} --seed ${quoted(seed)}</code> <span class="dim">with the flags and variables that the run had</span>`
}

function quoted(word: string): string {
  return PLAIN_WORD.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
