/** Makes the messages to webhooks about events of a run, such as its end. */
import { EXIT } from '../../errors.ts'
import type { RunEvent } from '../../result/event.ts'
import type { Result } from '../../result/schema.ts'
import { failsRun } from '../../result/verdict.ts'
import { formatGrouped, formatMs } from '../../text/units.ts'
import { VERSION } from '../../version.ts'
import { TEST_EVENT, type WebhookEvent } from './events.ts'

/** A message about one event of a run, from which the body for a receiver such as Slack is made. */
export interface WebhookMessage {
  readonly type: WebhookEvent
  /** The time of the event, as ISO 8601. */
  readonly timestamp: string
  /** One line for people that says what happened. */
  readonly title: string
  /** Whether the event is good news, bad news, or neither; receivers show it as a colour. */
  readonly mood: 'good' | 'bad' | 'neutral'
  /** The most important figures of the event with their names, for people. */
  readonly facts: readonly (readonly [name: string, value: string])[]
  /** The details of the event, for programs. */
  readonly data: Readonly<Record<string, unknown>>
}

/** The most thresholds that a message lists for people. */
const MAX_SHOWN = 10

const percentOf = (share: number) => `${Math.round(share * 10_000) / 100}%`

/**
 * Returns the webhook messages about a run that has ended: one about how it ended and, if the run was worse than its baseline, before it one named
 * `baseline.regressed`. The messages name `folder`, in which the result is stored.
 */
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
        .filter(failsRun)
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

/** The facts that identify a run in messages to webhooks that are sent while the run goes on. */
interface TellingRun {
  readonly runId: string
  readonly scenario: string
  readonly folder: string
}

/**
 * Returns the webhook message about an event during a run, such as a threshold that fails; undefined for an event about which webhooks are not
 * notified.
 */
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

/** Returns the test message that `burn webhook test` sends to the webhooks of the scenario called `scenario`. `at` is the time in the message. */
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
