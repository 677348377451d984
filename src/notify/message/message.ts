/** What a webhook is told: a message, made of what happens in a run. */
import { EXIT } from '../../errors.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result, ThresholdResult } from '../../result/schema.ts'
import { formatGrouped, formatMs } from '../../text/units.ts'
import { VERSION } from '../../version.ts'
import { TEST_EVENT, type WebhookEvent } from './events.ts'

/** A message before it has the form of its receiver. */
export interface WebhookMessage {
  readonly type: WebhookEvent
  /** When it happened, as ISO 8601. */
  readonly timestamp: string
  /** One line for people. */
  readonly title: string
  /** Whether it is good news, bad news, or neither. */
  readonly mood: 'good' | 'bad' | 'neutral'
  /** Names and values for people. */
  readonly facts: readonly (readonly [name: string, value: string])[]
  /** All of it, for programs. */
  readonly data: Readonly<Record<string, unknown>>
}

/** Of very many thresholds, those that people are shown. */
const MAX_SHOWN = 10

const percentOf = (share: number) => `${Math.round(share * 10_000) / 100}%`
const fails = ({ state, severity }: ThresholdResult) => severity === 'fail' && (state === 'failed' || state === 'no_samples')

/** Returns the messages about a run that is over: its end, after a comparison with a baseline that it lost. `folder` is that of its result. */
export function endMessages(result: Result, folder: string): WebhookMessage[] {
  const { baseline } = result
  const end = endMessage(result, folder)
  if (baseline?.verdict !== 'WORSE') return [end]
  const title = `${result.scenarioName}: worse than its baseline`
  return [{ ...end, type: 'baseline.regressed', mood: 'bad', title, data: { ...end.data, baseline: baseline.verdict } }, end]
}

function endMessage(result: Result, folder: string): WebhookMessage {
  const { scenarioName, verdict, reason, exitCode, thresholds, errorRate, averageLatencyMs, p95LatencyMs, p99LatencyMs } = result
  const type = endOf(result)
  const { counts } = result.total
  return {
    type,
    timestamp: new Date(result.endTime).toISOString(),
    title: `${scenarioName}: ${verdict.replaceAll('_', ' ')}`,
    mood: MOODS[type],
    facts: [
      ['reason', reason],
      ['attempts', `${counts.ok} ok, ${counts.failed} failed, ${counts.cut} cut, ${counts.dropped} dropped of ${counts.planned}`],
      ...(errorRate === null ? [] : [['errors', percentOf(errorRate)] as const]),
      ...(p95LatencyMs === null ? [] : [['response time p95', formatMs(p95LatencyMs)] as const]),
      ...thresholds
        .filter(fails)
        .slice(0, MAX_SHOWN)
        .map(({ threshold, reason: why }) => [threshold, why ?? 'failed'] as const),
      ['result', folder],
    ],
    data: {
      ...aboutRun(result, folder),
      verdict,
      reason,
      exitCode,
      status: result.status,
      startTime: result.startTime,
      endTime: result.endTime,
      counts,
      errorRate,
      responseTimeMs: { mean: averageLatencyMs, p95: p95LatencyMs, p99: p99LatencyMs },
      thresholds: thresholds.map(({ worstWindow: _, ...threshold }) => threshold),
    },
  }
}

const MOODS = { 'run.completed': 'good', 'run.failed': 'bad', 'run.cancelled': 'neutral' } as const

function endOf({ exitCode, exitCodes }: Result): keyof typeof MOODS {
  if (exitCodes.some((code) => code === EXIT.sigint || code === EXIT.sigterm)) return 'run.cancelled'
  return exitCode === EXIT.ok ? 'run.completed' : 'run.failed'
}

const aboutRun = ({ runId, scenarioName }: { runId: string; scenarioName: string }, folder: string) => ({
  runId,
  scenario: scenarioName,
  folder,
})

/** A run as the messages while it lasts name it. */
export interface TellingRun {
  readonly runId: string
  readonly scenario: string
  readonly folder: string
}

/** Returns the message about what happened in a run; undefined for an event that is no news. */
export function liveMessage(event: RunEvent, run: TellingRun, at: Date): WebhookMessage | undefined {
  const common = { timestamp: at.toISOString(), data: { ...run, ...event } }
  if (event.event === 'alert') {
    const [type, words] = event.state === 'began' ? (['alert.began', 'alert'] as const) : (['alert.ended', 'alert over'] as const)
    const facts = [['worst', `${formatGrouped(event.worst, 2)} ${event.unit}`] as const]
    return {
      ...common,
      type,
      title: `${run.scenario}: ${words}: ${event.alert}`,
      mood: type === 'alert.began' ? 'bad' : 'neutral',
      facts,
    }
  }
  if (event.event !== 'threshold') return undefined
  const facts = [['so far', event.reason] as const]
  return { ...common, type: 'threshold.breached', title: `${run.scenario}: ${event.threshold} does not hold`, mood: 'bad', facts }
}

/** Returns the message that tries a webhook. */
export function testMessage(scenario: string, at: Date): WebhookMessage {
  const title = `${scenario}: a message that tries this webhook`
  return {
    type: TEST_EVENT,
    timestamp: at.toISOString(),
    title,
    mood: 'neutral',
    facts: [['sent by', `burn ${VERSION}`]],
    data: { scenario },
  }
}
