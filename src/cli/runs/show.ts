/** The command `burn runs show`, which prints the main figures of one run. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EXIT } from '../../errors.ts'
import { targetLine, verdictLines } from '../../report/console/head.ts'
import { formatCount, formatMoment, formatRate, formatShare, UNKNOWN } from '../../report/text/format.ts'
import { makePen, type Pen } from '../../report/text/pen.ts'
import type { Result } from '../../result/schema.ts'
import { type LockState, lockState } from '../../store/files/lock.ts'
import { JOURNAL_NAME, RESULT_NAME, resultsFolder } from '../../store/files/names.ts'
import { findRun } from '../../store/find-run.ts'
import { markIncomplete, readResult } from '../../store/read-result.ts'
import { safeJson } from '../../text/escape.ts'
import { formatMs } from '../../text/units.ts'
import { renderOptionsFor } from '../output/console.ts'
import { severalText } from '../stored/several.ts'

/** The values of the flags of `burn runs show`, as the user typed them. */
export interface ShowFlags {
  /** The folder of runs in which a run is looked for by name or id. */
  readonly folder?: string
  readonly json?: boolean
  readonly color: boolean
}

/** A stored run: its folder, its result so far, and the process that still writes it, if there is one. */
interface Shown {
  readonly folder: string
  /** The result so far; undefined for a run that has just begun. */
  readonly result: Result | undefined
  readonly live: LockState | undefined
}

/** Runs `burn runs show`: prints the main figures of the named run, or of the newest one. Returns the exit code. @throws InputError */
export async function showCommand(
  named: string | undefined,
  { folder: base = resultsFolder(), json = false, color }: ShowFlags,
): Promise<number> {
  const folder = findRun(named, base)
  const look = renderOptionsFor(process.stdout, color)
  const several = await severalText(folder, { format: json ? 'json' : 'console' }, look)
  if (several !== undefined) {
    process.stdout.write(several)
    return EXIT.ok
  }
  const shown = runIn(folder)
  const text = json ? `${safeJson(headOf(shown), 2)}\n` : linesOf(shown, makePen(look))
  process.stdout.write(text)
  return EXIT.ok
}

function runIn(folder: string): Shown {
  const lock = lockState(folder)
  const live = lock?.live ? lock : undefined
  const written = [RESULT_NAME, JOURNAL_NAME].some((name) => existsSync(join(folder, name)))
  if (live && !written) return { folder, result: undefined, live }
  const result = readResult(folder)
  return { folder, result: live ? result : markIncomplete(result), live }
}

/** Returns the top-level fields of a result as `burn runs --json` prints them, with the folder, the files and, while the run goes on, its process. */
function headOf({ folder, result, live }: Shown): object {
  const running = live ? { pid: live.pid, host: live.host } : null
  if (result === undefined) return { runId: live?.runId, status: 'running', folder, live: running }
  const { runId, status, verdict, reason, exitCode, scenarioName, scenarioFile, scenarioHash, seed, target } = result
  const { startTime, durationMs, totalMessages, successfulMessages, failedMessages, errorRate, throughputQps } = result
  const { averageLatencyMs, p95LatencyMs, p99LatencyMs, anomaliesDetected, files } = result
  return {
    ...{ runId, status, verdict, reason, exitCode, scenarioName, scenarioFile, scenarioHash, seed, target },
    ...{ startTime, durationMs, totalMessages, successfulMessages, failedMessages, errorRate, throughputQps },
    ...{ averageLatencyMs, p95LatencyMs, p99LatencyMs, anomaliesDetected, files, folder, live: running },
  }
}

const latency = (ms: number | null) => (ms === null ? UNKNOWN : formatMs(ms))

function linesOf({ folder, result, live }: Shown, pen: Pen): string {
  const holder = live && `process ${live.pid} on ${pen.safe(live.host)}`
  if (result === undefined) return `run ${pen.safe(live?.runId ?? '')} has just begun: ${holder ?? ''}\n`
  const { totalMessages, errorRate, throughputQps, p95LatencyMs, p99LatencyMs, scenarioFile, files } = result
  const attempts = totalMessages === null ? UNKNOWN : formatCount(totalMessages)
  const figures = `${attempts} attempts · errors ${formatShare(errorRate)} · ok ${formatRate(throughputQps)} · p95 ${latency(p95LatencyMs)} · p99 ${latency(p99LatencyMs)}`
  const origin = `run ${pen.safe(result.runId)} · ${scenarioFile === null ? 'from flags' : pen.safe(scenarioFile)} · seed ${pen.safe(result.seed)}`
  const lines = [
    ...(holder === undefined
      ? verdictLines(result, pen)
      : [`${pen.bold(pen.warn('RUNNING'))}  ${pen.safe(result.scenarioName)} · ${holder}`]),
    ...targetLine(result, pen),
    ...pen.facts('  ', figures),
    ...pen.facts('  ', `${origin} · ${formatMoment(result.startTime)}${live ? '' : ` · exit ${result.exitCode}`}`),
    ...pen.facts('  ', `${pen.safe(folder)}: ${files.map(({ path }) => pen.safe(path)).join(', ')}`),
  ]
  return `${lines.join('\n')}\n`
}
